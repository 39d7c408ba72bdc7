/// Turns a resolve into the unit graph.
@NullMarked
package dev.kiln.plan;

import org.jspecify.annotations.NullMarked;
