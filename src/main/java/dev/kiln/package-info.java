/// The map of kiln, and the one failure a user can fix.
@NullMarked
package dev.kiln;

import org.jspecify.annotations.NullMarked;
