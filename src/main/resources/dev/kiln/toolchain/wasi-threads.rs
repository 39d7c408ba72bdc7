//! What `std` calls to start a thread, for a library of WASI that is too old to have it: there are no threads, and
//! a program that only names them links. A library that has the functions gives the same answers.

use core::ffi::{c_int, c_void};

const EAGAIN: c_int = 6;
const ENOTSUP: c_int = 58;

#[unsafe(no_mangle)]
#[linkage = "weak"]
pub extern "C" fn pthread_attr_init(_attributes: *mut c_void) -> c_int {
    0
}

#[unsafe(no_mangle)]
#[linkage = "weak"]
pub extern "C" fn pthread_attr_setstacksize(_attributes: *mut c_void, _size: usize) -> c_int {
    0
}

#[unsafe(no_mangle)]
#[linkage = "weak"]
pub extern "C" fn pthread_attr_destroy(_attributes: *mut c_void) -> c_int {
    0
}

#[unsafe(no_mangle)]
#[linkage = "weak"]
pub extern "C" fn pthread_create(
    _thread: *mut *mut c_void,
    _attributes: *const c_void,
    _start: extern "C" fn(*mut c_void) -> *mut c_void,
    _argument: *mut c_void,
) -> c_int {
    EAGAIN
}

#[unsafe(no_mangle)]
#[linkage = "weak"]
pub extern "C" fn pthread_join(_thread: *mut c_void, _result: *mut *mut c_void) -> c_int {
    ENOTSUP
}

#[unsafe(no_mangle)]
#[linkage = "weak"]
pub extern "C" fn pthread_detach(_thread: *mut c_void) -> c_int {
    ENOTSUP
}
