/// Brings fixed-output sources into the store and checks them.
@NullMarked
package dev.kiln.fetch;

import org.jspecify.annotations.NullMarked;
