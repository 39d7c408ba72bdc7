/// Turns events and records into what people and programs read.
@NullMarked
package dev.kiln.report;

import org.jspecify.annotations.NullMarked;
