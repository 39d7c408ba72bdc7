/// Toolchains and sysroots made of Debian packages, without dpkg or apt.
///
/// Takes `toolchains/NAME.toml` (which packages are the compiler, the C toolchain, a target's
/// libraries) and the lock beside it; gives the packages that a build needs, and makes a new lock
/// from an archive's indices.
///
/// Invariants, and the tests that hold them: versions are ordered as by dpkg (`DebianVersionTest`);
/// a closure follows Pre-Depends and Depends, alternatives and Provides (`PackageIndexTest`); a
/// lock is read as it was written and pins every file by size and hash (`PackageLockTest`); an
/// index counts only where the signed list has its hash (`ReleaseTest`).
@NullMarked
package dev.kiln.toolchain.debian;

import org.jspecify.annotations.NullMarked;
