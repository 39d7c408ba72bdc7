/// Makes a unit graph real: known, fetched or built; schedules and registers.
@NullMarked
package dev.kiln.realise;

import org.jspecify.annotations.NullMarked;
