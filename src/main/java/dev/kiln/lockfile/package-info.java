/// Reads and checks Cargo.lock.
///
/// Takes a lock file's text and a workspace; gives [dev.kiln.lockfile.Lockfile], the file as
/// written (`LockfileTest`), and [dev.kiln.lockfile.Resolution], which package each dependency
/// means, with patches and replacements applied (`ResolutionTest`). Never writes a lock file: what
/// does not fit is an error that names the command which mends it, with `--locked` Cargo's own.
@NullMarked
package dev.kiln.lockfile;

import org.jspecify.annotations.NullMarked;
