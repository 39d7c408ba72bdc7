/// Runs a build request on this machine in isolation.
@NullMarked
package dev.kiln.sandbox;

import org.jspecify.annotations.NullMarked;
