// One launch of a kernel on the host, with a race detector fed by ThreadSanitizer's instrumentation.
//
// The kernel is compiled for the host with calls of __tsan_* at every access; this file is their runtime. The threads
// of a block are coroutines: each runs from one barrier to the next, one after the other, and blocks run one after
// the other. Two accesses race when they are by different threads, share a byte, one writes, they are not both atomic
// on the same bytes, and no barrier of the block is between them. Atomics order nothing.
//
// The launch is read from standard input (see launch.py), what happened is printed line by line.
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define FRAMES 4
#define DEPTH 256
#define STACK (256u << 10)
#define BEFORE (1ull << 30)
#define BEHIND (17ull << 30)
#define MOST_PAIRS 256
#define OUT_OF_TIME 3
#define MOST_ACCESSES 400000

typedef struct { uint32_t x, y, z; } Dim;

enum { WRITES = 1, ATOMIC = 2 };

typedef struct {
    uint32_t block, thread;
    uintptr_t from;
    uint32_t width, kind;
    uintptr_t frames[FRAMES], code;  // where, innermost first, and all of it in one word
} Access;

typedef struct { Access *at; int count, room; } Accesses;

// What happened to one byte: in the current interval of the current block, and in all blocks.
typedef struct {
    uintptr_t address;
    uint32_t block, interval;
    Accesses now, ever;
} Byte;

typedef struct { Byte *at; size_t count, room; } Shadow;

typedef enum { READY, AT_BARRIER, ENDED, STOPPED } State;

typedef struct {
    ucontext_t context;
    char *stack;
    Dim id;
    uint32_t number;
    State state;
    uintptr_t site;
    uintptr_t calls[DEPTH];
    int depth;
} Thread;

typedef struct { char *base; int64_t size; } Object;

extern void cuq_call(const uint64_t *args);  // made for each kernel: unpacks the arguments
extern char __executable_start[], _end[];
extern char __start_cuq_shared[] __attribute__((weak)), __stop_cuq_shared[] __attribute__((weak));

static Dim block_size, grid_size, block_id;
static uint32_t block_number, interval;
static Thread *threads, *self;
static uint32_t thread_count;
static ucontext_t scheduler;
static Object objects[64];
static int object_count;
static uint64_t args[64];
static Shadow global_shadow, shared_shadow;
static struct { uintptr_t a, b; bool crossing; } pairs[MOST_PAIRS];
static int pair_count, access_count;
static volatile sig_atomic_t late;
static enum { IN_ORDER, IN_REVERSE, IN_TURNS } order;

static void finish(const char *why) {
    if (why) printf("stopped %s\n", why);
    fflush(stdout);
    _exit(0);
}

static void print_frames(const Access *a) {
    for (int i = 0; i < FRAMES && a->frames[i]; i++) printf("%s%lx", i ? "," : "", (unsigned long)a->frames[i]);
}

static void race(const Access *a, const Access *b, uintptr_t byte) {
    bool crossing = a->block != b->block;
    if (a->code > b->code) { const Access *swap = a; a = b; b = swap; }
    for (int i = 0; i < pair_count; i++)
        if (pairs[i].a == a->code && pairs[i].b == b->code && pairs[i].crossing == crossing) return;
    if (pair_count == MOST_PAIRS) finish("too many races");
    pairs[pair_count].a = a->code, pairs[pair_count].b = b->code, pairs[pair_count++].crossing = crossing;
    printf("race %s %s ", crossing ? "blocks" : "block", a->kind & b->kind & WRITES ? "write/write" : "read/write");
    print_frames(a), printf(" "), print_frames(b);
    printf(" %u:%u %u:%u %lx\n", a->block, a->thread, b->block, b->thread, (unsigned long)byte);
}

static bool conflict(const Access *a, const Access *b) {
    if (!((a->kind | b->kind) & WRITES)) return false;
    return !(a->kind & b->kind & ATOMIC && a->from == b->from && a->width == b->width);
}

static void push(Accesses *list, const Access *a) {
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 4;
        list->at = realloc(list->at, list->room * sizeof *list->at);
    }
    list->at[list->count++] = *a;
}

static bool alike(const Access *a, const Access *b) {
    return a->kind == b->kind && a->from == b->from && a->width == b->width && a->code == b->code;
}

// Of accesses that are alike, two by different threads stand for all: any other thread differs from one of them.
static void keep_in_interval(Accesses *list, const Access *a) {
    int known = 0;
    for (int i = 0; i < list->count; i++) {
        Access *o = &list->at[i];
        if (alike(o, a) && (o->thread == a->thread || ++known == 2)) return;
    }
    push(list, a);
}

static void keep_for_other_blocks(Accesses *list, const Access *a) {
    int known = 0;
    for (int i = 0; i < list->count; i++) {
        Access *o = &list->at[i];
        if (alike(o, a) && (o->block == a->block || ++known == 2)) return;
    }
    push(list, a);
}

static size_t slot(const Shadow *shadow, uintptr_t address) {
    size_t i = (address * 0x9e3779b97f4a7c15ull) >> 20 & (shadow->room - 1);
    while (shadow->at[i].address && shadow->at[i].address != address) i = (i + 1) & (shadow->room - 1);
    return i;
}

static Byte *byte_at(Shadow *shadow, uintptr_t address) {
    if (2 * shadow->count >= shadow->room) {
        Shadow old = *shadow;
        shadow->room = old.room ? 2 * old.room : 1 << 12;
        shadow->at = calloc(shadow->room, sizeof *shadow->at);
        for (size_t i = 0; i < old.room; i++)
            if (old.at[i].address) shadow->at[slot(shadow, old.at[i].address)] = old.at[i];
        free(old.at);
    }
    Byte *byte = &shadow->at[slot(shadow, address)];
    if (!byte->address) byte->address = address, shadow->count++;
    return byte;
}

static void forget(Shadow *shadow) {
    for (size_t i = 0; i < shadow->room; i++) free(shadow->at[i].now.at), free(shadow->at[i].ever.at);
    free(shadow->at);
    *shadow = (Shadow){0};
}

static void record(Shadow *shadow, uintptr_t address, const Access *a) {
    Byte *byte = byte_at(shadow, address);
    if (byte->block != block_number || byte->interval != interval) {
        byte->now.count = 0;
        byte->block = block_number, byte->interval = interval;
    }
    for (int i = 0; i < byte->now.count; i++) {
        const Access *o = &byte->now.at[i];
        if (o->thread != a->thread && conflict(o, a)) race(o, a, address);
    }
    for (int i = 0; i < byte->ever.count; i++) {
        const Access *o = &byte->ever.at[i];
        if (o->block != a->block && conflict(o, a)) race(o, a, address);
    }
    keep_in_interval(&byte->now, a);
    keep_for_other_blocks(&byte->ever, a);
}

static void leave(State state) {
    Thread *me = self;
    me->state = state;
    swapcontext(&me->context, &scheduler);
}

static bool inside(uintptr_t at, uintptr_t width, const char *from, const char *to) {
    return at >= (uintptr_t)from && at + width <= (uintptr_t)to && at + width >= at;
}

// Which memory an access is in; false if it is none of the launch's (a thread's own stack).
static bool find(uintptr_t at, uint32_t width, const Access *a, Shadow **shadow) {
    if (inside(at, 1, self->stack, self->stack + STACK)) return false;
    if (__start_cuq_shared && inside(at, 1, __start_cuq_shared, __stop_cuq_shared)) {
        *shadow = &shared_shadow;
        return true;
    }
    *shadow = &global_shadow;
    if (inside(at, width, __executable_start, _end)) return true;
    for (int i = 0; i < object_count; i++) {
        char *base = objects[i].base;
        if (!inside(at, 1, base - BEFORE, base + BEHIND)) continue;
        if (objects[i].size < 0 || inside(at, width, base, base + objects[i].size)) return true;
        printf("bounds "), print_frames(a), printf(" %u:%u\n", a->block, a->thread);
        leave(STOPPED);
    }
    finish("an address that the host has not");
    return false;
}

static void access_at(const volatile void *pointer, uint32_t width, uint32_t kind, void *pc) {
    if (!self || !width) return;
    if (late) finish("out of time");
    if (++access_count > MOST_ACCESSES) finish("too many accesses");
    uintptr_t at = (uintptr_t)pointer;
    Access a = {block_number, self->number, at, width, kind, {(uintptr_t)pc - 1}, 0};
    for (int i = 1; i < FRAMES && self->depth - i >= 0; i++) a.frames[i] = self->calls[self->depth - i] - 1;
    for (int i = 0; i < FRAMES; i++) a.code = a.code * 0x9e3779b97f4a7c15ull + a.frames[i];
    Shadow *shadow;
    if (!find(at, width, &a, &shadow)) return;
    for (uint32_t i = 0; i < width; i++) record(shadow, at + i, &a);
}

// ---- What instrumented code calls -------------------------------------------------------------------------------

#define HERE __builtin_return_address(0)

void __tsan_init(void) {}
void __tsan_func_entry(void *caller) {
    if (self && self->depth < DEPTH) self->calls[self->depth] = (uintptr_t)caller;
    if (self) self->depth++;
}
void __tsan_func_exit(void) {
    if (self) self->depth--;
}

#define PLAIN(n) \
    void __tsan_read##n(void *p) { access_at(p, n, 0, HERE); } \
    void __tsan_write##n(void *p) { access_at(p, n, WRITES, HERE); } \
    void __tsan_unaligned_read##n(void *p) { access_at(p, n, 0, HERE); } \
    void __tsan_unaligned_write##n(void *p) { access_at(p, n, WRITES, HERE); } \
    void __tsan_read_write##n(void *p) { access_at(p, n, WRITES, HERE); } \
    void __tsan_unaligned_read_write##n(void *p) { access_at(p, n, WRITES, HERE); } \
    void __tsan_volatile_read##n(void *p) { access_at(p, n, 0, HERE); } \
    void __tsan_volatile_write##n(void *p) { access_at(p, n, WRITES, HERE); } \
    void __tsan_unaligned_volatile_read##n(void *p) { access_at(p, n, 0, HERE); } \
    void __tsan_unaligned_volatile_write##n(void *p) { access_at(p, n, WRITES, HERE); }
PLAIN(1) PLAIN(2) PLAIN(4) PLAIN(8) PLAIN(16)

void __tsan_read_range(void *p, uintptr_t n) { access_at(p, n, 0, HERE); }
void __tsan_write_range(void *p, uintptr_t n) { access_at(p, n, WRITES, HERE); }
void *__tsan_memcpy(void *to, const void *from, uintptr_t n) {
    access_at(from, n, 0, HERE), access_at(to, n, WRITES, HERE);
    return memmove(to, from, n);
}
void *__tsan_memmove(void *to, const void *from, uintptr_t n) {
    access_at(from, n, 0, HERE), access_at(to, n, WRITES, HERE);
    return memmove(to, from, n);
}
void *__tsan_memset(void *to, int byte, uintptr_t n) {
    access_at(to, n, WRITES, HERE);
    return memset(to, byte, n);
}
void __tsan_atomic_thread_fence(int semantics) {}
void __tsan_atomic_signal_fence(int semantics) {}

// After an atomic access the next thread has its turn, where threads take turns.
static void turn(void) {
    Thread *me = self;
    if (order == IN_TURNS) swapcontext(&me->context, &scheduler);
}

#define UPDATE(bits, name, expression) \
    uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *p, uint##bits##_t v, int semantics) { \
        access_at(p, bits / 8, WRITES | ATOMIC, HERE); \
        uint##bits##_t old = *p; \
        *p = expression; \
        turn(); \
        return old; \
    }
#define COMPARE(bits, name) \
    int __tsan_atomic##bits##_compare_exchange_##name(volatile uint##bits##_t *p, uint##bits##_t *expected, \
                                                      uint##bits##_t v, int semantics, int failure) { \
        access_at(p, bits / 8, (*p == *expected ? WRITES : 0) | ATOMIC, HERE); \
        uint##bits##_t old = *p; \
        bool equal = old == *expected; \
        if (equal) *p = v; \
        else *expected = old; \
        turn(); \
        return equal; \
    }
#define ATOMICS(bits) \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *p, int semantics) { \
        access_at(p, bits / 8, ATOMIC, HERE); \
        uint##bits##_t now = *p; \
        turn(); \
        return now; \
    } \
    void __tsan_atomic##bits##_store(volatile uint##bits##_t *p, uint##bits##_t v, int semantics) { \
        access_at(p, bits / 8, WRITES | ATOMIC, HERE); \
        *p = v; \
        turn(); \
    } \
    UPDATE(bits, exchange, v) UPDATE(bits, fetch_add, old + v) UPDATE(bits, fetch_sub, old - v) \
    UPDATE(bits, fetch_and, old & v) UPDATE(bits, fetch_or, old | v) UPDATE(bits, fetch_xor, old ^ v) \
    UPDATE(bits, fetch_nand, ~(old & v)) COMPARE(bits, strong) COMPARE(bits, weak) \
    uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(volatile uint##bits##_t *p, uint##bits##_t expected, \
                                                              uint##bits##_t v, int semantics, int failure) { \
        access_at(p, bits / 8, (*p == expected ? WRITES : 0) | ATOMIC, HERE); \
        uint##bits##_t old = *p; \
        if (old == expected) *p = v; \
        turn(); \
        return old; \
    }
ATOMICS(8) ATOMICS(16) ATOMICS(32) ATOMICS(64)

// ---- What the kernel calls of its device ------------------------------------------------------------------------

#define DIM(name, value) \
    uint32_t _##name##_x(void) { return value.x; } \
    uint32_t _##name##_y(void) { return value.y; } \
    uint32_t _##name##_z(void) { return value.z; }
DIM(thread_idx, self->id) DIM(block_dim, block_size) DIM(block_idx, block_id) DIM(grid_dim, grid_size)

void _syncthreads(void) {
    self->site = (uintptr_t)HERE;
    leave(AT_BARRIER);
}

void cuq_host_panic(uint32_t line, bool unwinds) {
    printf("%s %u %u:%u\n", unwinds ? "panic" : "ub", line, block_number, self->number);
    leave(STOPPED);
    abort();
}
void rust_eh_personality(void) { abort(); }

// ---- The launch -------------------------------------------------------------------------------------------------

static void body(void) {
    cuq_call(args);
    self->site = 0;
    leave(ENDED);
}

static void start_thread(Thread *t, uint32_t number) {
    char *stack = t->stack;
    if (!stack) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        stack = mmap(0, STACK, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (stack == MAP_FAILED) finish("no memory for stacks");
    }
    memset(t, 0, sizeof *t);
    uint32_t x = block_size.x, y = block_size.y;
    t->stack = stack;
    t->number = number;
    t->id = (Dim){number % x, number / x % y, number / x / y};
    getcontext(&t->context);
    t->context.uc_stack.ss_sp = stack;
    t->context.uc_stack.ss_size = STACK;
    makecontext(&t->context, body, 0);
}

static bool some_ready(void) {
    for (uint32_t n = 0; n < thread_count; n++)
        if (threads[n].state == READY) return true;
    return false;
}

static void run_block(void) {
    interval = 0;
    for (uint32_t n = 0; n < thread_count; n++) start_thread(&threads[n], n);
    for (;;) {
        while (some_ready())
            for (uint32_t i = 0; i < thread_count; i++) {
                self = &threads[order == IN_REVERSE ? thread_count - 1 - i : i];
                if (self->state == READY) swapcontext(&scheduler, &self->context);
            }
        self = 0;
        uint32_t waiting = 0, ended = 0, stopped = 0;
        uintptr_t site = 0;
        bool apart = false;
        for (uint32_t n = 0; n < thread_count; n++) {
            Thread *t = &threads[n];
            waiting += t->state == AT_BARRIER, ended += t->state == ENDED, stopped += t->state == STOPPED;
            if (t->state != AT_BARRIER) continue;
            apart |= site && site != t->site;
            site = t->site;
        }
        if (!waiting) return;
        if (ended || apart) {
            printf("divergence %u %lx\n", block_number, (unsigned long)site);
            return;
        }
        if (stopped) return;  // they hold the barrier for ever
        interval++;
        for (uint32_t n = 0; n < thread_count; n++) threads[n].state = READY;
    }
}

static void on_fault(int number) { finish("a fault of the host"); }

// The next access ends the run; without one, the process ends as it is.
static void on_alarm(int number) {
    if (late) _exit(OUT_OF_TIME);
    late = 1;
    alarm(1);
}

static uint64_t number(void) {
    uint64_t n;
    if (scanf("%lu", &n) != 1) abort();
    return n;
}

static int64_t offset(void) {
    int64_t n;
    if (scanf("%ld", &n) != 1) abort();
    return n;
}

static Dim dim(void) {
    Dim d;
    d.x = number(), d.y = number(), d.z = number();
    return d;
}

int main(void) {
    block_size = dim(), grid_size = dim();
    order = number();
    unsigned seconds = number();
    object_count = number();
    for (int i = 0; i < object_count; i++) {
        objects[i].size = offset();
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        char *all = mmap(0, BEFORE + BEHIND, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (all == MAP_FAILED) finish("no room for an object");
        objects[i].base = all + BEFORE;
    }
    int count = number();
    for (int i = 0; i < count; i++) {
        char what[8];
        if (scanf("%7s", what) != 1) abort();
        if (what[0] == 'w') args[i] = number();
        else {
            Object *object = &objects[number()];
            args[i] = (uintptr_t)object->base + offset();
        }
    }
    count = number();
    for (int i = 0; i < count; i++) {
        char *to = objects[number()].base;
        to += offset();
        for (int n = number(), k = 0; k < n; k++) {
            unsigned byte;
            if (scanf("%2x", &byte) != 1) abort();
            to[k] = byte;
        }
    }
    thread_count = block_size.x * block_size.y * block_size.z;
    threads = calloc(thread_count, sizeof *threads);
    size_t shared_size = __stop_cuq_shared - __start_cuq_shared;
    char *initial = malloc(shared_size + 1);
    memcpy(initial, __start_cuq_shared, shared_size);
    stack_t aside = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    sigaltstack(&aside, 0);
    struct sigaction fault = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
    struct sigaction tick = {.sa_handler = on_alarm, .sa_flags = SA_ONSTACK};
    sigaction(SIGSEGV, &fault, 0), sigaction(SIGBUS, &fault, 0), sigaction(SIGILL, &fault, 0);
    sigaction(SIGFPE, &fault, 0), sigaction(SIGALRM, &tick, 0);
    alarm(seconds);
    uint64_t blocks = (uint64_t)grid_size.x * grid_size.y * grid_size.z, chosen = number();
    for (uint64_t i = 0; i < (chosen ? chosen : blocks); i++) {
        uint64_t n = chosen ? number() : order == IN_REVERSE ? blocks - 1 - i : i;
        block_number = n;
        block_id = (Dim){n % grid_size.x, n / grid_size.x % grid_size.y, n / grid_size.x / grid_size.y};
        forget(&shared_shadow);
        memcpy(__start_cuq_shared, initial, shared_size);
        run_block();
    }
    finish(0);
}
