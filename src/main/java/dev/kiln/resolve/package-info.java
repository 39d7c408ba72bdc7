/// Decides which packages are active with which features, per feature space.
@NullMarked
package dev.kiln.resolve;

import org.jspecify.annotations.NullMarked;
