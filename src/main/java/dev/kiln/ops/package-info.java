/// One class per thing a user asks for.
@NullMarked
package dev.kiln.ops;

import org.jspecify.annotations.NullMarked;
