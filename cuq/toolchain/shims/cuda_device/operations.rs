//! Functions of `cuda_device` that are single device operations: their signatures. What they mean is said by
//! cuq's table of the crate.

macro_rules! operations {
    ($($name:ident $arrow:tt fn($($ty:ty),*) $(-> $result:ty)?;)*) => {$(
        operations!(@ $arrow $name ($($ty),*) $($result)?);
    )*};
    (@ safe $name:ident ($($ty:ty),*) $($result:ty)?) => {
        #[inline(never)]
        pub fn $name($(_: $ty),*) $(-> $result)? {
            loop {}
        }
    };
    (@ unsafe $name:ident ($($ty:ty),*) $($result:ty)?) => {
        #[inline(never)]
        pub unsafe fn $name($(_: $ty),*) $(-> $result)? {
            loop {}
        }
    };
}

macro_rules! operations_of {
    (async_copy) => {
        operations! {
            cp_async_ca_16 unsafe fn(*mut u32, *const u32);
            cp_async_ca_4 unsafe fn(*mut u32, *const u32);
            cp_async_ca_8 unsafe fn(*mut u32, *const u32);
            cp_async_ca_zfill_16 unsafe fn(*mut u32, *const u8, u32);
            cp_async_ca_zfill_4 unsafe fn(*mut u32, *const u8, u32);
            cp_async_ca_zfill_8 unsafe fn(*mut u32, *const u8, u32);
            cp_async_cg_16 unsafe fn(*mut u32, *const u32);
            cp_async_cg_zfill_16 unsafe fn(*mut u32, *const u8, u32);
            cp_async_commit_group unsafe fn();
            cp_async_mbarrier_arrive unsafe fn(*mut Barrier);
            cp_async_mbarrier_arrive_noinc unsafe fn(*mut Barrier);
            cp_async_mbarrier_arrive_noinc_shared unsafe fn(*mut Barrier);
            cp_async_mbarrier_arrive_shared unsafe fn(*mut Barrier);
            cp_async_wait_all unsafe fn();
            cp_async_wait_group unsafe fn(u32);
        }
    };
    (atomic) => {
        operations! {
            atom_add_bf16x2 unsafe fn(*mut u32, u32) -> u32;
            atom_add_f16x2 unsafe fn(*mut u32, u32) -> u32;
        }
    };
    (barrier) => {
        operations! {
            fence_mbarrier_init_release_cluster unsafe fn();
            fence_proxy_async_shared_cta unsafe fn();
            mbarrier_arrive unsafe fn(*const Barrier) -> u64;
            mbarrier_arrive_cluster unsafe fn(u64);
            mbarrier_arrive_expect_tx unsafe fn(*const Barrier, u32, u32) -> u64;
            mbarrier_arrive_expect_tx_cluster unsafe fn(*const Barrier, u32, u32) -> u64;
            mbarrier_init unsafe fn(*mut Barrier, u32);
            mbarrier_inval unsafe fn(*mut Barrier);
            mbarrier_test_wait unsafe fn(*const Barrier, u64) -> bool;
            mbarrier_try_wait unsafe fn(*const Barrier, u64) -> bool;
            mbarrier_try_wait_parity unsafe fn(*const Barrier, u32) -> bool;
            mbarrier_try_wait_parity_cluster unsafe fn(*const Barrier, u32) -> bool;
            nanosleep unsafe fn(u32);
        }
    };
    (bf16) => {
        operations! {
            max_nan_bf16 safe fn(u16, u16) -> u16;
            max_nan_xorsign_abs_bf16 safe fn(u16, u16) -> u16;
            max_xorsign_abs_bf16 safe fn(u16, u16) -> u16;
            min_nan_bf16 safe fn(u16, u16) -> u16;
            min_nan_xorsign_abs_bf16 safe fn(u16, u16) -> u16;
            min_xorsign_abs_bf16 safe fn(u16, u16) -> u16;
        }
    };
    (bf16x2) => {
        operations! {
            abs_bf16x2 safe fn(u32) -> u32;
            add_bf16x2 safe fn(u32, u32) -> u32;
            fma_bf16x2 safe fn(u32, u32, u32) -> u32;
            fma_relu_bf16x2 safe fn(u32, u32, u32) -> u32;
            max_bf16x2 safe fn(u32, u32) -> u32;
            max_nan_bf16x2 safe fn(u32, u32) -> u32;
            max_nan_xorsign_abs_bf16x2 safe fn(u32, u32) -> u32;
            max_xorsign_abs_bf16x2 safe fn(u32, u32) -> u32;
            min_bf16x2 safe fn(u32, u32) -> u32;
            min_nan_bf16x2 safe fn(u32, u32) -> u32;
            min_nan_xorsign_abs_bf16x2 safe fn(u32, u32) -> u32;
            min_xorsign_abs_bf16x2 safe fn(u32, u32) -> u32;
            mul_bf16x2 safe fn(u32, u32) -> u32;
            neg_bf16x2 safe fn(u32) -> u32;
            sub_bf16x2 safe fn(u32, u32) -> u32;
        }
    };
    (clc) => {
        operations! {
            clc_query_get_first_ctaid_x unsafe fn(u64, u64) -> u32;
            clc_query_get_first_ctaid_y unsafe fn(u64, u64) -> u32;
            clc_query_get_first_ctaid_z unsafe fn(u64, u64) -> u32;
            clc_query_is_canceled unsafe fn(u64, u64) -> u32;
            clc_try_cancel unsafe fn(*mut u8, *mut Barrier);
            clc_try_cancel_multicast unsafe fn(*mut u8, *mut Barrier);
        }
    };
    (cluster) => {
        operations! {
            barrier_cluster_arrive unsafe fn();
            barrier_cluster_arrive_aligned unsafe fn();
            barrier_cluster_arrive_relaxed unsafe fn();
            barrier_cluster_arrive_relaxed_aligned unsafe fn();
            barrier_cluster_wait unsafe fn();
            barrier_cluster_wait_aligned unsafe fn();
            cluster_ctaidX safe fn() -> u32;
            cluster_ctaidY safe fn() -> u32;
            cluster_ctaidZ safe fn() -> u32;
            cluster_nctaidX safe fn() -> u32;
            cluster_nctaidY safe fn() -> u32;
            cluster_nctaidZ safe fn() -> u32;
            dsmem_read_u32 unsafe fn(*const u32, u32) -> u32;
        }
    };
    (convert) => {
        operations! {
            cvt_f16x2_f32 safe fn(f32, f32) -> u32;
            cvt_rn_f16x2_e4m3x2 safe fn(u16) -> u32;
            cvt_rn_f16x2_e5m2x2 safe fn(u16) -> u32;
            cvt_rn_relu_bf16x2_f32 safe fn(f32, f32) -> u32;
            cvt_rn_relu_f16x2_e4m3x2 safe fn(u16) -> u32;
            cvt_rn_relu_f16x2_e5m2x2 safe fn(u16) -> u32;
            cvt_rn_relu_f16x2_f32 safe fn(f32, f32) -> u32;
            cvt_rn_relu_satfinite_tf32_f32 safe fn(f32) -> u32;
            cvt_rn_relu_tf32_f32 safe fn(f32) -> u32;
            cvt_rn_satfinite_e4m3x2_f16x2 safe fn(u32) -> u16;
            cvt_rn_satfinite_e4m3x2_f32 safe fn(f32, f32) -> u16;
            cvt_rn_satfinite_e5m2x2_f16x2 safe fn(u32) -> u16;
            cvt_rn_satfinite_e5m2x2_f32 safe fn(f32, f32) -> u16;
            cvt_rn_satfinite_relu_e4m3x2_f16x2 safe fn(u32) -> u16;
            cvt_rn_satfinite_relu_e4m3x2_f32 safe fn(f32, f32) -> u16;
            cvt_rn_satfinite_relu_e5m2x2_f16x2 safe fn(u32) -> u16;
            cvt_rn_satfinite_relu_e5m2x2_f32 safe fn(f32, f32) -> u16;
            cvt_rn_satfinite_tf32_f32 safe fn(f32) -> u32;
            cvt_rn_tf32_f32 safe fn(f32) -> u32;
            cvt_rna_satfinite_tf32_f32 safe fn(f32) -> u32;
            cvt_rna_tf32_f32 safe fn(f32) -> u32;
            cvt_rz_bf16x2_f32 safe fn(f32, f32) -> u32;
            cvt_rz_f16x2_f32 safe fn(f32, f32) -> u32;
            cvt_rz_relu_satfinite_tf32_f32 safe fn(f32) -> u32;
            cvt_rz_relu_tf32_f32 safe fn(f32) -> u32;
            cvt_rz_satfinite_tf32_f32 safe fn(f32) -> u32;
            cvt_rz_tf32_f32 safe fn(f32) -> u32;
        }
    };
    (debug) => {
        operations! {
            breakpoint safe fn();
            globaltimer safe fn() -> u64;
        }
    };
    (dotprod) => {
        operations! {
            dp2a_s32 safe fn(u32, u32, i32) -> i32;
            dp2a_u32 safe fn(u32, u32, u32) -> u32;
            dp4a_s32 safe fn(u32, u32, i32) -> i32;
            dp4a_u32 safe fn(u32, u32, u32) -> u32;
        }
    };
    (f16) => {
        operations! {
            max_ftz_f16 safe fn(u16, u16) -> u16;
            max_ftz_nan_f16 safe fn(u16, u16) -> u16;
            max_ftz_nan_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            max_ftz_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            max_nan_f16 safe fn(u16, u16) -> u16;
            max_nan_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            max_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            min_ftz_f16 safe fn(u16, u16) -> u16;
            min_ftz_nan_f16 safe fn(u16, u16) -> u16;
            min_ftz_nan_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            min_ftz_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            min_nan_f16 safe fn(u16, u16) -> u16;
            min_nan_xorsign_abs_f16 safe fn(u16, u16) -> u16;
            min_xorsign_abs_f16 safe fn(u16, u16) -> u16;
        }
    };
    (f16x2) => {
        operations! {
            abs_f16x2 safe fn(u32) -> u32;
            add_f16x2 safe fn(u32, u32) -> u32;
            fma_f16x2 safe fn(u32, u32, u32) -> u32;
            fma_ftz_f16x2 safe fn(u32, u32, u32) -> u32;
            fma_ftz_relu_f16x2 safe fn(u32, u32, u32) -> u32;
            fma_ftz_sat_f16x2 safe fn(u32, u32, u32) -> u32;
            fma_relu_f16x2 safe fn(u32, u32, u32) -> u32;
            fma_sat_f16x2 safe fn(u32, u32, u32) -> u32;
            max_f16x2 safe fn(u32, u32) -> u32;
            max_ftz_f16x2 safe fn(u32, u32) -> u32;
            max_ftz_nan_f16x2 safe fn(u32, u32) -> u32;
            max_ftz_nan_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            max_ftz_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            max_nan_f16x2 safe fn(u32, u32) -> u32;
            max_nan_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            max_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            min_f16x2 safe fn(u32, u32) -> u32;
            min_ftz_f16x2 safe fn(u32, u32) -> u32;
            min_ftz_nan_f16x2 safe fn(u32, u32) -> u32;
            min_ftz_nan_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            min_ftz_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            min_nan_f16x2 safe fn(u32, u32) -> u32;
            min_nan_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            min_xorsign_abs_f16x2 safe fn(u32, u32) -> u32;
            mul_f16x2 safe fn(u32, u32) -> u32;
            neg_f16x2 safe fn(u32) -> u32;
            sub_f16x2 safe fn(u32, u32) -> u32;
        }
    };
    (fence) => {
        operations! {
            threadfence safe fn();
            threadfence_block safe fn();
            threadfence_system safe fn();
        }
    };
    (float) => {
        operations! {
            add_rm_f32 safe fn(f32, f32) -> f32;
            add_rm_f64 safe fn(f64, f64) -> f64;
            add_rm_ftz_f32 safe fn(f32, f32) -> f32;
            add_rm_ftz_sat_f32 safe fn(f32, f32) -> f32;
            add_rm_sat_f32 safe fn(f32, f32) -> f32;
            add_rn_f32 safe fn(f32, f32) -> f32;
            add_rn_f64 safe fn(f64, f64) -> f64;
            add_rn_ftz_f32 safe fn(f32, f32) -> f32;
            add_rn_ftz_sat_f32 safe fn(f32, f32) -> f32;
            add_rn_sat_f32 safe fn(f32, f32) -> f32;
            add_rp_f32 safe fn(f32, f32) -> f32;
            add_rp_f64 safe fn(f64, f64) -> f64;
            add_rp_ftz_f32 safe fn(f32, f32) -> f32;
            add_rp_ftz_sat_f32 safe fn(f32, f32) -> f32;
            add_rp_sat_f32 safe fn(f32, f32) -> f32;
            add_rz_f32 safe fn(f32, f32) -> f32;
            add_rz_f64 safe fn(f64, f64) -> f64;
            add_rz_ftz_f32 safe fn(f32, f32) -> f32;
            add_rz_ftz_sat_f32 safe fn(f32, f32) -> f32;
            add_rz_sat_f32 safe fn(f32, f32) -> f32;
            cos_approx_f32 safe fn(f32) -> f32;
            cos_approx_ftz_f32 safe fn(f32) -> f32;
            div_rm_f32 safe fn(f32, f32) -> f32;
            div_rm_f64 safe fn(f64, f64) -> f64;
            div_rm_ftz_f32 safe fn(f32, f32) -> f32;
            div_rn_f32 safe fn(f32, f32) -> f32;
            div_rn_f64 safe fn(f64, f64) -> f64;
            div_rn_ftz_f32 safe fn(f32, f32) -> f32;
            div_rp_f32 safe fn(f32, f32) -> f32;
            div_rp_f64 safe fn(f64, f64) -> f64;
            div_rp_ftz_f32 safe fn(f32, f32) -> f32;
            div_rz_f32 safe fn(f32, f32) -> f32;
            div_rz_f64 safe fn(f64, f64) -> f64;
            div_rz_ftz_f32 safe fn(f32, f32) -> f32;
            ex2_approx_f32 safe fn(f32) -> f32;
            ex2_approx_ftz_f32 safe fn(f32) -> f32;
            fma_rm_f32 safe fn(f32, f32, f32) -> f32;
            fma_rm_f64 safe fn(f64, f64, f64) -> f64;
            fma_rm_ftz_f32 safe fn(f32, f32, f32) -> f32;
            fma_rm_ftz_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rm_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rn_f32 safe fn(f32, f32, f32) -> f32;
            fma_rn_f64 safe fn(f64, f64, f64) -> f64;
            fma_rn_ftz_f32 safe fn(f32, f32, f32) -> f32;
            fma_rn_ftz_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rn_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rp_f32 safe fn(f32, f32, f32) -> f32;
            fma_rp_f64 safe fn(f64, f64, f64) -> f64;
            fma_rp_ftz_f32 safe fn(f32, f32, f32) -> f32;
            fma_rp_ftz_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rp_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rz_f32 safe fn(f32, f32, f32) -> f32;
            fma_rz_f64 safe fn(f64, f64, f64) -> f64;
            fma_rz_ftz_f32 safe fn(f32, f32, f32) -> f32;
            fma_rz_ftz_sat_f32 safe fn(f32, f32, f32) -> f32;
            fma_rz_sat_f32 safe fn(f32, f32, f32) -> f32;
            lg2_approx_f32 safe fn(f32) -> f32;
            lg2_approx_ftz_f32 safe fn(f32) -> f32;
            max_ftz_nan_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            max_ftz_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            max_nan_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            max_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            min_ftz_nan_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            min_ftz_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            min_nan_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            min_xorsign_abs_f32 safe fn(f32, f32) -> f32;
            mul_rm_f32 safe fn(f32, f32) -> f32;
            mul_rm_f64 safe fn(f64, f64) -> f64;
            mul_rm_ftz_f32 safe fn(f32, f32) -> f32;
            mul_rn_f32 safe fn(f32, f32) -> f32;
            mul_rn_f64 safe fn(f64, f64) -> f64;
            mul_rn_ftz_f32 safe fn(f32, f32) -> f32;
            mul_rp_f32 safe fn(f32, f32) -> f32;
            mul_rp_f64 safe fn(f64, f64) -> f64;
            mul_rp_ftz_f32 safe fn(f32, f32) -> f32;
            mul_rz_f32 safe fn(f32, f32) -> f32;
            mul_rz_f64 safe fn(f64, f64) -> f64;
            mul_rz_ftz_f32 safe fn(f32, f32) -> f32;
            rcp_approx_ftz_f32 safe fn(f32) -> f32;
            rcp_approx_ftz_f64 safe fn(f64) -> f64;
            rcp_rm_f32 safe fn(f32) -> f32;
            rcp_rm_f64 safe fn(f64) -> f64;
            rcp_rm_ftz_f32 safe fn(f32) -> f32;
            rcp_rn_f32 safe fn(f32) -> f32;
            rcp_rn_f64 safe fn(f64) -> f64;
            rcp_rn_ftz_f32 safe fn(f32) -> f32;
            rcp_rp_f32 safe fn(f32) -> f32;
            rcp_rp_f64 safe fn(f64) -> f64;
            rcp_rp_ftz_f32 safe fn(f32) -> f32;
            rcp_rz_f32 safe fn(f32) -> f32;
            rcp_rz_f64 safe fn(f64) -> f64;
            rcp_rz_ftz_f32 safe fn(f32) -> f32;
            rsqrt_approx_f32 safe fn(f32) -> f32;
            rsqrt_approx_f64 safe fn(f64) -> f64;
            rsqrt_approx_ftz_f32 safe fn(f32) -> f32;
            sin_approx_f32 safe fn(f32) -> f32;
            sin_approx_ftz_f32 safe fn(f32) -> f32;
            sqrt_approx_f32 safe fn(f32) -> f32;
            sqrt_approx_ftz_f32 safe fn(f32) -> f32;
            sqrt_rm_f32 safe fn(f32) -> f32;
            sqrt_rm_f64 safe fn(f64) -> f64;
            sqrt_rm_ftz_f32 safe fn(f32) -> f32;
            sqrt_rn_f32 safe fn(f32) -> f32;
            sqrt_rn_f64 safe fn(f64) -> f64;
            sqrt_rn_ftz_f32 safe fn(f32) -> f32;
            sqrt_rp_f32 safe fn(f32) -> f32;
            sqrt_rp_f64 safe fn(f64) -> f64;
            sqrt_rp_ftz_f32 safe fn(f32) -> f32;
            sqrt_rz_f32 safe fn(f32) -> f32;
            sqrt_rz_f64 safe fn(f64) -> f64;
            sqrt_rz_ftz_f32 safe fn(f32) -> f32;
            tanh_approx_f32 safe fn(f32) -> f32;
        }
    };
    (prmt) => {
        operations! {
            prmt_rc16 safe fn(u32, u32) -> u32;
        }
    };
    (shared) => {
        operations! {
            dynamic_smem_size safe fn() -> u32;
            total_smem_size safe fn() -> u32;
        }
    };
    (tcgen05) => {
        operations! {
            cvt_f32x2_bf16x2 safe fn(f32, f32) -> u32;
            stmatrix_m8n8_x2 unsafe fn(*mut u8, u32, u32);
            stmatrix_m8n8_x2_trans unsafe fn(*mut u8, u32, u32);
            stmatrix_m8n8_x4 unsafe fn(*mut u8, u32, u32, u32, u32);
            stmatrix_m8n8_x4_trans unsafe fn(*mut u8, u32, u32, u32, u32);
            tcgen05_alloc unsafe fn(*mut u32, u32);
            tcgen05_alloc_cg2 unsafe fn(*mut u32, u32);
            tcgen05_commit unsafe fn(*mut u64);
            tcgen05_commit_cg2 unsafe fn(*mut u64);
            tcgen05_commit_multicast unsafe fn(*mut u64, u16);
            tcgen05_commit_multicast_cg2 unsafe fn(*mut u64, u16);
            tcgen05_commit_shared_cluster unsafe fn(*mut u64);
            tcgen05_commit_shared_cluster_cg2 unsafe fn(*mut u64);
            tcgen05_cp_128x128b unsafe fn(u32, u64);
            tcgen05_cp_128x128b_b4x16_p64 unsafe fn(u32, u64);
            tcgen05_cp_128x128b_b4x16_p64_cg2 unsafe fn(u32, u64);
            tcgen05_cp_128x128b_b6x16_p32 unsafe fn(u32, u64);
            tcgen05_cp_128x128b_b6x16_p32_cg2 unsafe fn(u32, u64);
            tcgen05_cp_128x128b_cg2 unsafe fn(u32, u64);
            tcgen05_cp_128x256b_b4x16_p64 unsafe fn(u32, u64);
            tcgen05_cp_128x256b_b4x16_p64_cg2 unsafe fn(u32, u64);
            tcgen05_cp_128x256b_b6x16_p32 unsafe fn(u32, u64);
            tcgen05_cp_128x256b_b6x16_p32_cg2 unsafe fn(u32, u64);
            tcgen05_cp_32x128b_warpx4 unsafe fn(u32, u64);
            tcgen05_cp_32x128b_warpx4_b4x16_p64 unsafe fn(u32, u64);
            tcgen05_cp_32x128b_warpx4_b4x16_p64_cg2 unsafe fn(u32, u64);
            tcgen05_cp_32x128b_warpx4_b6x16_p32 unsafe fn(u32, u64);
            tcgen05_cp_32x128b_warpx4_b6x16_p32_cg2 unsafe fn(u32, u64);
            tcgen05_cp_32x128b_warpx4_cg2 unsafe fn(u32, u64);
            tcgen05_cp_4x256b unsafe fn(u32, u64);
            tcgen05_cp_4x256b_b4x16_p64 unsafe fn(u32, u64);
            tcgen05_cp_4x256b_b4x16_p64_cg2 unsafe fn(u32, u64);
            tcgen05_cp_4x256b_b6x16_p32 unsafe fn(u32, u64);
            tcgen05_cp_4x256b_b6x16_p32_cg2 unsafe fn(u32, u64);
            tcgen05_cp_4x256b_cg2 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_01_23 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_01_23_b4x16_p64 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_01_23_b4x16_p64_cg2 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_01_23_b6x16_p32 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_01_23_b6x16_p32_cg2 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_01_23_cg2 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_02_13 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_02_13_b4x16_p64 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_02_13_b4x16_p64_cg2 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_02_13_b6x16_p32 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_02_13_b6x16_p32_cg2 unsafe fn(u32, u64);
            tcgen05_cp_64x128b_warpx2_02_13_cg2 unsafe fn(u32, u64);
            tcgen05_cp_smem_to_tmem unsafe fn(u32, u64);
            tcgen05_cp_smem_to_tmem_cg2 unsafe fn(u32, u64);
            tcgen05_dealloc unsafe fn(u32, u32);
            tcgen05_dealloc_cg2 unsafe fn(u32, u32);
            tcgen05_fence_after_thread_sync safe fn();
            tcgen05_fence_before_thread_sync safe fn();
            tcgen05_ld_16x128b_x16_pack16 unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_16x128b_x16_raw unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_16x128b_x1_pack16 unsafe fn(u32) -> CuSimd<u32, 2>;
            tcgen05_ld_16x128b_x1_raw unsafe fn(u32) -> CuSimd<u32, 2>;
            tcgen05_ld_16x128b_x2_pack16 unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_16x128b_x2_raw unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_16x128b_x32_pack16 unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_16x128b_x32_raw unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_16x128b_x4_pack16 unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_16x128b_x4_raw unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_16x128b_x64_pack16 unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_16x128b_x64_raw unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_16x128b_x8_pack16 unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_16x128b_x8_raw unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_16x256b_x16_pack16 unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_16x256b_x16_raw unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_16x256b_x1_pack16 unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_16x256b_x1_raw unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_16x256b_x2_pack16 unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_16x256b_x2_raw unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_16x256b_x32_pack16 unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_16x256b_x32_raw unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_16x256b_x4_pack16 unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_16x256b_x4_raw unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_16x256b_x8_pack16 unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_16x256b_x8_raw unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_16x64b_x128_pack16 unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_16x64b_x128_raw unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_16x64b_x16_pack16 unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_16x64b_x16_raw unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_16x64b_x1_pack16 unsafe fn(u32) -> u32;
            tcgen05_ld_16x64b_x1_raw unsafe fn(u32) -> u32;
            tcgen05_ld_16x64b_x2_pack16 unsafe fn(u32) -> CuSimd<u32, 2>;
            tcgen05_ld_16x64b_x2_raw unsafe fn(u32) -> CuSimd<u32, 2>;
            tcgen05_ld_16x64b_x32_pack16 unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_16x64b_x32_raw unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_16x64b_x4_pack16 unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_16x64b_x4_raw unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_16x64b_x64_pack16 unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_16x64b_x64_raw unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_16x64b_x8_pack16 unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_16x64b_x8_raw unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_32x32b_x128_pack16 unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_32x32b_x128_raw unsafe fn(u32) -> CuSimd<u32, 128>;
            tcgen05_ld_32x32b_x16_pack16 unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_32x32b_x16_raw unsafe fn(u32) -> CuSimd<u32, 16>;
            tcgen05_ld_32x32b_x1_pack16 unsafe fn(u32) -> u32;
            tcgen05_ld_32x32b_x1_raw unsafe fn(u32) -> u32;
            tcgen05_ld_32x32b_x2_pack16 unsafe fn(u32) -> CuSimd<u32, 2>;
            tcgen05_ld_32x32b_x2_raw unsafe fn(u32) -> CuSimd<u32, 2>;
            tcgen05_ld_32x32b_x32_pack16 unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_32x32b_x32_raw unsafe fn(u32) -> CuSimd<u32, 32>;
            tcgen05_ld_32x32b_x4_pack16 unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_32x32b_x4_raw unsafe fn(u32) -> CuSimd<u32, 4>;
            tcgen05_ld_32x32b_x64_pack16 unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_32x32b_x64_raw unsafe fn(u32) -> CuSimd<u32, 64>;
            tcgen05_ld_32x32b_x8_pack16 unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_ld_32x32b_x8_raw unsafe fn(u32) -> CuSimd<u32, 8>;
            tcgen05_load_wait safe fn();
            tcgen05_mma_f16 unsafe fn(u32, u64, u64, u32, bool);
            tcgen05_mma_f16_cg2 unsafe fn(u32, u64, u64, u32, bool);
            tcgen05_mma_ws_bf16 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_e2m1 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_e2m3 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_e3m2 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_e4m3 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_e5m2 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_f16 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_mma_ws_tf32 unsafe fn(u32, u32, u64, u64, u32, bool);
            tcgen05_relinquish_alloc_permit safe fn();
            tcgen05_relinquish_alloc_permit_cg2 safe fn();
            tcgen05_shift_down unsafe fn(u32);
            tcgen05_shift_down_cg2 unsafe fn(u32);
            tcgen05_st_16x128b_x16_raw unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_16x128b_x16_unpack16 unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_16x128b_x1_raw unsafe fn(u32, CuSimd<u32, 2>);
            tcgen05_st_16x128b_x1_unpack16 unsafe fn(u32, CuSimd<u32, 2>);
            tcgen05_st_16x128b_x2_raw unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_16x128b_x2_unpack16 unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_16x128b_x32_raw unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_16x128b_x32_unpack16 unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_16x128b_x4_raw unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_16x128b_x4_unpack16 unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_16x128b_x64_raw unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_16x128b_x64_unpack16 unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_16x128b_x8_raw unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_16x128b_x8_unpack16 unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_16x256b_x16_raw unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_16x256b_x16_unpack16 unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_16x256b_x1_raw unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_16x256b_x1_unpack16 unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_16x256b_x2_raw unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_16x256b_x2_unpack16 unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_16x256b_x32_raw unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_16x256b_x32_unpack16 unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_16x256b_x4_raw unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_16x256b_x4_unpack16 unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_16x256b_x8_raw unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_16x256b_x8_unpack16 unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_16x64b_x128_raw unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_16x64b_x128_unpack16 unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_16x64b_x16_raw unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_16x64b_x16_unpack16 unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_16x64b_x1_raw unsafe fn(u32, u32);
            tcgen05_st_16x64b_x1_unpack16 unsafe fn(u32, u32);
            tcgen05_st_16x64b_x2_raw unsafe fn(u32, CuSimd<u32, 2>);
            tcgen05_st_16x64b_x2_unpack16 unsafe fn(u32, CuSimd<u32, 2>);
            tcgen05_st_16x64b_x32_raw unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_16x64b_x32_unpack16 unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_16x64b_x4_raw unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_16x64b_x4_unpack16 unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_16x64b_x64_raw unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_16x64b_x64_unpack16 unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_16x64b_x8_raw unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_16x64b_x8_unpack16 unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_32x32b_x128_raw unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_32x32b_x128_unpack16 unsafe fn(u32, CuSimd<u32, 128>);
            tcgen05_st_32x32b_x16_raw unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_32x32b_x16_unpack16 unsafe fn(u32, CuSimd<u32, 16>);
            tcgen05_st_32x32b_x1_raw unsafe fn(u32, u32);
            tcgen05_st_32x32b_x1_unpack16 unsafe fn(u32, u32);
            tcgen05_st_32x32b_x2_raw unsafe fn(u32, CuSimd<u32, 2>);
            tcgen05_st_32x32b_x2_unpack16 unsafe fn(u32, CuSimd<u32, 2>);
            tcgen05_st_32x32b_x32_raw unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_32x32b_x32_unpack16 unsafe fn(u32, CuSimd<u32, 32>);
            tcgen05_st_32x32b_x4_raw unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_32x32b_x4_unpack16 unsafe fn(u32, CuSimd<u32, 4>);
            tcgen05_st_32x32b_x64_raw unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_32x32b_x64_unpack16 unsafe fn(u32, CuSimd<u32, 64>);
            tcgen05_st_32x32b_x8_raw unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_st_32x32b_x8_unpack16 unsafe fn(u32, CuSimd<u32, 8>);
            tcgen05_store_wait safe fn();
        }
    };
    (thread) => {
        operations! {
            blockDim_x safe fn() -> u32;
            blockDim_y safe fn() -> u32;
            blockDim_z safe fn() -> u32;
            blockIdx_x safe fn() -> u32;
            blockIdx_y safe fn() -> u32;
            blockIdx_z safe fn() -> u32;
            gridDim_x safe fn() -> u32;
            gridDim_y safe fn() -> u32;
            gridDim_z safe fn() -> u32;
            gridid safe fn() -> u64;
            nsmid safe fn() -> u32;
            smid safe fn() -> u32;
            sync_threads safe fn();
            threadIdx_x safe fn() -> u32;
            threadIdx_y safe fn() -> u32;
            threadIdx_z safe fn() -> u32;
        }
    };
    (tma) => {
        operations! {
            cp_async_bulk_commit_group safe fn();
            cp_async_bulk_tensor_1d_g2s unsafe fn(*mut u8, *const TmaDescriptor, i32, *mut Barrier);
            cp_async_bulk_tensor_1d_s2g unsafe fn(*const u8, *const TmaDescriptor, i32);
            cp_async_bulk_tensor_2d_g2s unsafe fn(*mut u8, *const TmaDescriptor, i32, i32, *mut Barrier);
            cp_async_bulk_tensor_2d_g2s_multicast unsafe fn(*mut u8, *const TmaDescriptor, i32, i32, *mut Barrier, u16);
            cp_async_bulk_tensor_2d_g2s_multicast_cg2 unsafe fn(*mut u8, *const TmaDescriptor, i32, i32, *mut Barrier, u16);
            cp_async_bulk_tensor_2d_s2g unsafe fn(*const u8, *const TmaDescriptor, i32, i32);
            cp_async_bulk_tensor_3d_g2s unsafe fn(*mut u8, *const TmaDescriptor, i32, i32, i32, *mut Barrier);
            cp_async_bulk_tensor_3d_s2g unsafe fn(*const u8, *const TmaDescriptor, i32, i32, i32);
            cp_async_bulk_tensor_4d_g2s unsafe fn(*mut u8, *const TmaDescriptor, i32, i32, i32, i32, *mut Barrier);
            cp_async_bulk_tensor_4d_s2g unsafe fn(*const u8, *const TmaDescriptor, i32, i32, i32, i32);
            cp_async_bulk_tensor_5d_g2s unsafe fn(*mut u8, *const TmaDescriptor, i32, i32, i32, i32, i32, *mut Barrier);
            cp_async_bulk_tensor_5d_s2g unsafe fn(*const u8, *const TmaDescriptor, i32, i32, i32, i32, i32);
            cp_async_bulk_wait_group safe fn(u32);
            cp_async_bulk_wait_group_read safe fn(u32);
        }
    };
    (warp) => {
        operations! {
            active_mask safe fn() -> u32;
            ballot_sync safe fn(u32, bool) -> u32;
            elect_sync safe fn(u32) -> (u32, bool);
            lanemask_eq safe fn() -> u32;
            lanemask_ge safe fn() -> u32;
            lanemask_gt safe fn() -> u32;
            lanemask_le safe fn() -> u32;
            lanemask_lt safe fn() -> u32;
            match_all_i64_sync safe fn(u32, u64) -> u32;
            match_all_sync safe fn(u32, u32) -> u32;
            match_any_i64_sync safe fn(u32, u64) -> u32;
            match_any_sync safe fn(u32, u32) -> u32;
            redux_sync_add safe fn(u32, u32) -> u32;
            redux_sync_and safe fn(u32, u32) -> u32;
            redux_sync_max_i32 safe fn(u32, i32) -> i32;
            redux_sync_max_u32 safe fn(u32, u32) -> u32;
            redux_sync_min_i32 safe fn(u32, i32) -> i32;
            redux_sync_min_u32 safe fn(u32, u32) -> u32;
            redux_sync_or safe fn(u32, u32) -> u32;
            redux_sync_xor safe fn(u32, u32) -> u32;
            shuffle_down_f32_sync safe fn(u32, f32, u32) -> f32;
            shuffle_down_sync safe fn(u32, u32, u32) -> u32;
            shuffle_down_u64_sync safe fn(u32, u64, u32) -> u64;
            shuffle_f32_sync safe fn(u32, f32, u32) -> f32;
            shuffle_sync safe fn(u32, u32, u32) -> u32;
            shuffle_u64_sync safe fn(u32, u64, u32) -> u64;
            shuffle_up_f32_sync safe fn(u32, f32, u32) -> f32;
            shuffle_up_sync safe fn(u32, u32, u32) -> u32;
            shuffle_up_u64_sync safe fn(u32, u64, u32) -> u64;
            shuffle_xor_f32_sync safe fn(u32, f32, u32) -> f32;
            shuffle_xor_sync safe fn(u32, u32, u32) -> u32;
            shuffle_xor_u64_sync safe fn(u32, u64, u32) -> u64;
            sync_mask safe fn(u32);
        }
    };
    (wgmma) => {
        operations! {
            wgmma_commit_group safe fn();
            wgmma_fence safe fn();
        }
    };
    (wmma) => {
        operations! {
            ldmatrix_x1 unsafe fn(*const u32) -> u32;
            ldmatrix_x1_trans unsafe fn(*const u32) -> u32;
            ldmatrix_x2 unsafe fn(*const u32) -> [u32; 2];
            ldmatrix_x2_trans unsafe fn(*const u32) -> [u32; 2];
            ldmatrix_x4 unsafe fn(*const u32) -> [u32; 4];
            ldmatrix_x4_trans unsafe fn(*const u32) -> [u32; 4];
            mma_m16n8k128_s32_b1_and_popc unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k128_s32_b1_xor_popc unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_f16_f16 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k16_f32_bf16 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k16_f32_f16 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k16_fp8_f16_e4m3_e4m3 unsafe fn([u32; 2], [u32; 2], u32) -> [u32; 2];
            mma_m16n8k16_fp8_f16_e4m3_e5m2 unsafe fn([u32; 2], [u32; 2], u32) -> [u32; 2];
            mma_m16n8k16_fp8_f16_e5m2_e4m3 unsafe fn([u32; 2], [u32; 2], u32) -> [u32; 2];
            mma_m16n8k16_fp8_f16_e5m2_e5m2 unsafe fn([u32; 2], [u32; 2], u32) -> [u32; 2];
            mma_m16n8k16_fp8_f32_e4m3_e4m3 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k16_fp8_f32_e4m3_e5m2 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k16_fp8_f32_e5m2_e4m3 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k16_fp8_f32_e5m2_e5m2 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k16_s32_s8 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_s8_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_s8_u8 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_s8_u8_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_u8 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_u8_s8 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_u8_s8_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k16_s32_u8_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k256_s32_b1_and_popc unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k256_s32_b1_xor_popc unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_f16_e2m1_e2m1 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m1_e2m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m1_e3m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m1_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m1_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m3_e2m1 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m3_e2m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m3_e3m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m3_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e2m3_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e3m2_e2m1 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e3m2_e2m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e3m2_e3m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e3m2_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e3m2_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e4m3_e2m1 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e4m3_e2m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e4m3_e3m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e4m3_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e4m3_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e5m2_e2m1 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e5m2_e2m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e5m2_e3m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e5m2_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f16_e5m2_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_f32_e2m1_e2m1 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m1_e2m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m1_e3m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m1_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m1_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m3_e2m1 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m3_e2m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m3_e3m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m3_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e2m3_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e3m2_e2m1 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e3m2_e2m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e3m2_e3m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e3m2_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e3m2_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e4m3_e2m1 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e4m3_e2m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e4m3_e3m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e4m3_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e4m3_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e5m2_e2m1 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e5m2_e2m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e5m2_e3m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e5m2_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_f32_e5m2_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_fp8_f16_e4m3_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_fp8_f16_e4m3_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_fp8_f16_e5m2_e4m3 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_fp8_f16_e5m2_e5m2 unsafe fn([u32; 2], [u32; 4], [u32; 2]) -> [u32; 2];
            mma_m16n8k32_fp8_f32_e4m3_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_fp8_f32_e4m3_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_fp8_f32_e5m2_e4m3 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_fp8_f32_e5m2_e5m2 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m16n8k32_s32_s4 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_s4_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_s4_u4 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_s4_u4_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_s8 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_s8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_s8_u8 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_s8_u8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_u4 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_u4_s4 unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_u4_s4_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_u4_satfinite unsafe fn([i32; 4], [u32; 2], u32) -> [i32; 4];
            mma_m16n8k32_s32_u8 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_u8_s8 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_u8_s8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k32_s32_u8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k4_f32_tf32 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k64_s32_s4 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_s4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_s4_u4 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_s4_u4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_u4 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_u4_s4 unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_u4_s4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k64_s32_u4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 2]) -> [i32; 4];
            mma_m16n8k8_f16_f16 unsafe fn([u32; 2], [u32; 2], u32) -> [u32; 2];
            mma_m16n8k8_f32_bf16 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k8_f32_f16 unsafe fn([f32; 4], [u32; 2], u32) -> [f32; 4];
            mma_m16n8k8_f32_tf32 unsafe fn([f32; 4], [u32; 4], [u32; 2]) -> [f32; 4];
            mma_m8n8k128_s32_b1_and_popc unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k128_s32_b1_xor_popc unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_s8 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_s8_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_s8_u8 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_s8_u8_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_u8 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_u8_s8 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_u8_s8_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k16_s32_u8_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_s4 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_s4_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_s4_u4 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_s4_u4_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_u4 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_u4_s4 unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_u4_s4_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k32_s32_u4_satfinite unsafe fn([i32; 2], u32, u32) -> [i32; 2];
            mma_m8n8k4_f64 unsafe fn([f64; 2], f64, f64) -> [f64; 2];
            mma_sp_m16n8k128_s32_s4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_s4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_s4_u4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_s4_u4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_u4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_u4_s4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_u4_s4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k128_s32_u4_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_s8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_s8_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_s8_u8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_s8_u8_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_u8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_u8_s8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_u8_s8_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k32_s32_u8_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s4_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s4_u4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s4_u4_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s8_u8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_s8_u8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u4_s4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u4_s4_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u4_satfinite unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u8_s8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u8_s8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_m16n8k64_s32_u8_satfinite unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k128_s32_s4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k128_s32_s4_u4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k128_s32_u4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k128_s32_u4_s4 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k32_s32_s8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k32_s32_s8_u8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k32_s32_u8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k32_s32_u8_s8 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_s4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_s4_u4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_s8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_s8_u8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_u4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_u4_s4 unsafe fn([i32; 4], [u32; 2], [u32; 2], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_u8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            mma_sp_ordered_metadata_m16n8k64_s32_u8_s8 unsafe fn([i32; 4], [u32; 4], [u32; 4], u32, u32) -> [i32; 4];
            movmatrix_trans_b16 unsafe fn(u32) -> u32;
        }
    };
}
