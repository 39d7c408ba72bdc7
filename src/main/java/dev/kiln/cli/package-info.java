/// Parses arguments, picks a reporter, maps failures to exit codes.
@NullMarked
package dev.kiln.cli;

import org.jspecify.annotations.NullMarked;
