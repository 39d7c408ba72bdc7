package dev.kiln.sandbox;

import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildRequest;
import dev.kiln.process.RawText;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The shell script, run on the host, that opens the descriptors of a sandbox and becomes the
/// program that builds it.
///
/// Everything goes through this file, nothing through the argv of the child that Java starts: it
/// may hold any byte in any locale, Java can hand down no descriptor but the first three, and the
/// sandbox needs no shell of its own.
final class StartScript {
  /// Standard input, output and error.
  enum Standard {
    /// Those of the user.
    USERS,
    /// Nothing to read, and two streams.
    APART,
    /// Nothing to read, and output is error.
    TOGETHER;

    static Standard of(BuildRequest request) {
      return request.oneStream() ? TOGETHER : APART;
    }
  }

  private StartScript() {}

  /// `status` is opened as [Bubblewrap#STATUS_FD], `jobserver` as the descriptors of [Beside];
  /// opened for reading and writing, a FIFO does not wait for its other end. The first three are as
  /// `standard` says.
  static String of(
      List<String> line, @Nullable Path status, @Nullable Path jobserver, Standard standard) {
    var script = new StringBuilder("umask 022\nulimit -c 0 2>/dev/null\nexec ");
    script.append(line.stream().map(RawText::quoted).collect(Collectors.joining(" ")));
    script.append(
        switch (standard) {
          case USERS -> "";
          case APART -> " </dev/null";
          case TOGETHER -> " </dev/null >&2";
        });
    if (status != null) {
      script.append(' ').append(Bubblewrap.STATUS_FD).append('>');
      script.append(RawText.quoted(RawText.of(status)));
    }
    if (jobserver != null) {
      script.append(' ').append(Beside.READ_FD).append("<>");
      script.append(RawText.quoted(RawText.of(jobserver)));
      script.append(' ').append(Beside.WRITE_FD).append(">&").append(Beside.READ_FD);
    }
    return script.append('\n').toString();
  }
}
