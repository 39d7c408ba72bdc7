package dev.kiln.archive;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import java.io.IOException;
import java.io.InputStream;

/// What [NarReader] tells while it reads. Names are empty for the root. The default takes no
/// notice.
public interface NarVisitor {
  default void enterDirectory(ByteString name) throws IOException, KilnException {}

  default void leaveDirectory() throws IOException, KilnException {}

  /// `contents` ends after `size` bytes; what is left unread is skipped. `narOffset` is their place
  /// in the NAR.
  default void file(
      ByteString name, boolean executable, long size, long narOffset, InputStream contents)
      throws IOException, KilnException {}

  default void link(ByteString name, ByteString target) throws IOException, KilnException {}
}
