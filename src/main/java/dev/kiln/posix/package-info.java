/// Asks the operating system for what the JDK has no call for, through the foreign function API.
///
/// Takes paths, gives answers; every call may be refused (another system, no native access), and
/// callers get on without it. Held by `FileSystemFlushTest`.
@NullMarked
package dev.kiln.posix;

import org.jspecify.annotations.NullMarked;
