/// What a build says about itself while it runs.
@NullMarked
package dev.kiln.event;

import org.jspecify.annotations.NullMarked;
