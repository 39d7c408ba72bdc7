//! LLVM's unwinder for musl, from an archive that was compiled against glibc.
//!
//! The archive is bundled into this library's own, and the whole is what programs link as
//! `libunwind.a`. Of all that it takes from glibc, one function is missing in musl: the checked
//! `fprintf` of glibc's fortified headers.
#![no_std]
#![feature(c_variadic)]
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
