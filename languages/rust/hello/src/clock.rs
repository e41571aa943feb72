//! Rust's library knows no time zones: the C library, which is linked in, does.

use std::ffi::CString;
use std::os::raw::{c_char, c_void};

extern "C" {
    fn localtime(time: *const i64) -> *const c_void;
    fn strftime(text: *mut u8, size: usize, format: *const c_char, time: *const c_void) -> usize;
}

pub fn now() -> i64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() as i64
}

/// A time in seconds since 1970, as strftime(3) writes it.
pub fn format(time: i64, format: &str) -> String {
    let format = CString::new(format).unwrap();
    let mut text = [0; 64];
    let size = unsafe { strftime(text.as_mut_ptr(), text.len(), format.as_ptr(), localtime(&time)) };
    String::from_utf8_lossy(&text[..size]).into_owned()
}
