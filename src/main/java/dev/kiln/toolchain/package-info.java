/// Knows one rustc, its targets, its sysroot and linkers.
///
/// Takes what a user says about compilers ([dev.kiln.toolchain.RustcChoice]) and a function that
/// runs a program; gives the installed rustc, the same as a store object, what it knows of each
/// target, and the machine's C toolchain with its fingerprint.
///
/// Invariants, and the tests that hold them:
/// - rustup's choice is made from its files by its rules: `RustupTest`;
/// - an import takes what rustc needs and nothing else, works where it lies, and is made once:
///   `ToolchainImportTest`, `SysrootFilesTest`;
/// - facts are rustc's own, and a second question starts no process: `RustcProbeTest`;
/// - the fingerprint changes when compiler, linker, start files, libc or the package status do, and
///   costs no process as long as they stay: `HostSysrootTest`.
@NullMarked
package dev.kiln.toolchain;

import org.jspecify.annotations.NullMarked;
