/// Packs and unpacks crate tarballs, debs and NARs deterministically and safely; the only user of
/// commons-compress.
@NullMarked
package dev.kiln.archive;

import org.jspecify.annotations.NullMarked;
