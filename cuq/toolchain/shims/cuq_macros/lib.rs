//! Attribute macros of the shim crates: kernels become functions with the ABI `ptx-kernel`, and what they
//! promise about a launch becomes a call of a marker function.
//!
//! Built for the host with nothing but `proc_macro`.

extern crate proc_macro;

use proc_macro::{Delimiter, Group, Literal, TokenStream, TokenTree};

fn parse(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Whether the tokens behind `fn` declare type or const parameters.
fn is_generic(after: &[TokenTree]) -> bool {
    if after.len() < 2 || !is_punct(&after[1], '<') {
        return false;
    }
    let mut depth = 0;
    let mut lifetime = false;
    let mut starts = true;
    for token in &after[1..] {
        if is_punct(token, '<') {
            depth += 1;
        } else if is_punct(token, '>') {
            depth -= 1;
            if depth == 0 {
                return false;
            }
        } else if is_punct(token, ',') && depth == 1 {
            starts = true;
        } else if is_punct(token, '\'') {
            lifetime = true;
            continue;
        } else if let TokenTree::Ident(_) = token {
            if starts && !lifetime {
                return true;
            }
            starts = false;
        }
        lifetime = false;
    }
    false
}

/// The tokens without `#[unroll]`, which is about code generation alone.
fn without_unroll(stream: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                let first = group.stream().into_iter().next();
                let unroll = first.is_some_and(|token| is_word(&token, "unroll"));
                if unroll && group.delimiter() == Delimiter::Bracket && out.last().is_some_and(|t| is_punct(t, '#')) {
                    out.pop();
                    continue;
                }
                let mut inner = Group::new(group.delimiter(), without_unroll(group.stream()));
                inner.set_span(group.span());
                out.push(TokenTree::Group(inner));
            }
            token => out.push(token),
        }
    }
    out.into_iter().collect()
}

fn kernel_of(item: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = without_unroll(item).into_iter().collect();
    let Some(at) = tokens.iter().position(|token| is_word(token, "fn")) else {
        return parse("::core::compile_error!(\"`kernel` is for functions\");");
    };
    let mut out = TokenStream::new();
    if !is_generic(&tokens[at + 1..]) {
        out.extend(parse("#[unsafe(no_mangle)]"));
    }
    let mut done = false;
    for (i, token) in tokens.into_iter().enumerate() {
        if i == at && !done {
            out.extend(parse("extern \"ptx-kernel\""));
            done = true;
        }
        out.extend([token]);
    }
    out
}

/// The function with `marker` as the first statement of its body.
fn marked(marker: &str, item: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.last() {
        if body.delimiter() == Delimiter::Brace {
            let mut inside = parse(marker);
            inside.extend(body.stream());
            let mut group = Group::new(Delimiter::Brace, inside);
            group.set_span(body.span());
            let last = tokens.len() - 1;
            tokens[last] = TokenTree::Group(group);
        }
    }
    tokens.into_iter().collect()
}

/// The arguments of an attribute, separated at its commas, as text.
fn arguments(attr: TokenStream) -> Vec<String> {
    let mut found = vec![String::new()];
    for token in attr {
        if is_punct(&token, ',') {
            found.push(String::new());
        } else {
            let last = found.len() - 1;
            found[last].push_str(&token.to_string());
            found[last].push(' ');
        }
    }
    found.retain(|text| !text.trim().is_empty());
    found
}

#[proc_macro_attribute]
pub fn kernel(_attr: TokenStream, item: TokenStream) -> TokenStream {
    kernel_of(item)
}

macro_rules! passes_on {
    ($($name:ident)*) => {$(
        #[proc_macro_attribute]
        pub fn $name(_attr: TokenStream, item: TokenStream) -> TokenStream {
            item
        }
    )*};
}

passes_on! { gpu_only externally_visible cuda_module device convergent pure readonly constant cooperative_launch }

/// `#[address_space(shared)]`: what `-Zunpretty=hir` shows of it is the section.
#[proc_macro_attribute]
pub fn address_space(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut out = match attr.to_string().trim() {
        "shared" => parse("#[unsafe(link_section = \".shared\")]"),
        "global" | "constant" => TokenStream::new(),
        _ => parse("::core::compile_error!(\"address_space is one of shared, constant, global\");"),
    };
    out.extend(item);
    out
}

#[proc_macro_attribute]
pub fn launch_bounds(attr: TokenStream, item: TokenStream) -> TokenStream {
    let values = arguments(attr);
    let (most, blocks) = match values.as_slice() {
        [most] => (most.clone(), "0".to_string()),
        [most, blocks, ..] => (most.clone(), blocks.clone()),
        [] => return parse("::core::compile_error!(\"launch_bounds needs the most threads of a block\");"),
    };
    marked(
        &format!("::cuda_device::thread::__launch_bounds_config::<{{ {most} }}, {{ {blocks} }}>();"),
        item,
    )
}

#[proc_macro_attribute]
pub fn launch_contract(attr: TokenStream, item: TokenStream) -> TokenStream {
    let mut marker = String::new();
    for argument in arguments(attr) {
        let Some((name, value)) = argument.split_once('=') else { continue };
        let value = value.trim();
        if name.trim() == "block" {
            let sizes: Vec<&str> = value.trim_matches(|c| c == '(' || c == ')').split(',').map(str::trim).collect();
            let size = |i: usize| sizes.get(i).copied().filter(|s| !s.is_empty()).unwrap_or("1");
            marker.push_str(&format!(
                "::cuda_device::thread::__launch_contract_block_config::<{{ {} }}, {{ {} }}, {{ {} }}>();",
                size(0), size(1), size(2),
            ));
        }
    }
    marked(&marker, item)
}

#[proc_macro_attribute]
pub fn cluster_launch(attr: TokenStream, item: TokenStream) -> TokenStream {
    let sizes = arguments(attr);
    let size = |i: usize| sizes.get(i).cloned().unwrap_or("1".to_string());
    marked(
        &format!("::cuda_device::cluster::__cluster_config::<{{ {} }}, {{ {} }}, {{ {} }}>();", size(0), size(1), size(2)),
        item,
    )
}

/// `ptx_asm!("add.u32 %0, %1, %2;", out("=r") y, in("r") x, in("r") z)` as `asm!`.
#[proc_macro]
pub fn ptx_asm(input: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut register_class = false;
    for token in input {
        match token {
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let inner = text.trim_matches('"').to_string();
                out.extend([TokenTree::Literal(Literal::string(&template(&inner)))]);
            }
            TokenTree::Group(group) if register_class && group.delimiter() == Delimiter::Parenthesis => {
                let class = group.stream().to_string();
                let class = match class.trim_matches(|c: char| !c.is_ascii_lowercase()) {
                    "r" | "f" => "reg32",
                    "l" | "d" => "reg64",
                    "h" => "reg16",
                    _ => return parse("::core::compile_error!(\"a constraint of ptx_asm! that is not known\")"),
                };
                out.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, parse(class)))]);
            }
            TokenTree::Group(group) if group.stream().to_string().contains("register_only") => {
                out.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, parse("pure, nomem, nostack")))]);
            }
            TokenTree::Group(group)
                if ["convergent", "memory"].iter().any(|word| group.stream().to_string().contains(word)) =>
            {
                out.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, TokenStream::new()))]);
            }
            token => {
                register_class = ["in", "out", "inout", "lateout", "inlateout"].iter().any(|w| is_word(&token, w));
                out.extend([token]);
                continue;
            }
        }
        register_class = false;
    }
    let mut call = parse("::core::arch::asm!");
    call.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, out))]);
    call
}

/// `%0` as `{0}`, braces doubled, escapes of the literal resolved.
fn template(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            '{' => out.push_str("{{"),
            '}' => out.push_str("}}"),
            '%' if chars.peek().is_some_and(|c| c.is_ascii_digit()) => {
                let mut number = String::new();
                while let Some(digit) = chars.peek().copied().filter(char::is_ascii_digit) {
                    number.push(digit);
                    chars.next();
                }
                out.push_str(&format!("{{{number}}}"));
            }
            '%' if chars.peek() == Some(&'%') => {
                chars.next();
                out.push('%');
            }
            c => out.push(c),
        }
    }
    out
}
