/// Toolchains that are not just installed: `kiln toolchain …`, and what a build asks of one.
///
/// Takes toolchain files (of the workspace, the user, and those that come with kiln) and their
/// locks; brings the parts that are asked for into the store, and no more.
@NullMarked
package dev.kiln.ops.toolchains;

import org.jspecify.annotations.NullMarked;
