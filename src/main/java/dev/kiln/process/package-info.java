/// Runs one child process and returns what happened; the only user of zt-exec.
@NullMarked
package dev.kiln.process;

import org.jspecify.annotations.NullMarked;
