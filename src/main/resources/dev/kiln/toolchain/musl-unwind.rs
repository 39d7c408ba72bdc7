//! LLVM's unwinder for musl, from an archive that was compiled against glibc.
//!
//! The archive is bundled into this library's own, and the whole is what programs link as
//! `libunwind.a`. Of all that it takes from glibc, one function is missing in musl: the checked
//! `fprintf` of glibc's fortified headers.
//!
//! Beside it are functions that GCC calls where a processor has no instruction, and that Rust's
//! `compiler_builtins` has in C only: programs for musl are linked without GCC's own library.
#![no_std]
#![feature(c_variadic, linkage)]
#![allow(internal_features, stable_features)]

use core::ffi::{VaList, c_char, c_int, c_void};

#[link(name = "unwind-glibc", kind = "static")]
unsafe extern "C" {}

unsafe extern "C" {
    fn vfprintf(stream: *mut c_void, format: *const c_char, arguments: VaList<'_>) -> c_int;
}

/// # Safety
/// As C's `fprintf`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __fprintf_chk(
    stream: *mut c_void,
    _level: c_int,
    format: *const c_char,
    arguments: ...
) -> c_int {
    unsafe { vfprintf(stream, format, arguments) }
}

macro_rules! of_gcc {
    ($($popcount:ident $parity:ident $ffs:ident $clrsb:ident $bswap:ident $unsigned:ty, $signed:ty;)*) => {$(
        #[unsafe(no_mangle)]
        #[linkage = "weak"]
        pub extern "C" fn $popcount(x: $unsigned) -> c_int {
            x.count_ones() as c_int
        }

        #[unsafe(no_mangle)]
        #[linkage = "weak"]
        pub extern "C" fn $parity(x: $unsigned) -> c_int {
            (x.count_ones() & 1) as c_int
        }

        #[unsafe(no_mangle)]
        #[linkage = "weak"]
        pub extern "C" fn $ffs(x: $unsigned) -> c_int {
            if x == 0 { 0 } else { x.trailing_zeros() as c_int + 1 }
        }

        #[unsafe(no_mangle)]
        #[linkage = "weak"]
        pub extern "C" fn $clrsb(x: $signed) -> c_int {
            (if x < 0 { !x } else { x }).leading_zeros() as c_int - 1
        }

        #[unsafe(no_mangle)]
        #[linkage = "weak"]
        pub extern "C" fn $bswap(x: $unsigned) -> $unsigned {
            x.swap_bytes()
        }
    )*};
}

of_gcc! {
    __popcountsi2 __paritysi2 __ffssi2 __clrsbsi2 __bswapsi2 u32, i32;
    __popcountdi2 __paritydi2 __ffsdi2 __clrsbdi2 __bswapdi2 u64, i64;
    __popcountti2 __parityti2 __ffsti2 __clrsbti2 __bswapti2 u128, i128;
}
