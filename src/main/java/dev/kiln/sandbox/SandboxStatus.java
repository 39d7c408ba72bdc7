package dev.kiln.sandbox;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What the maker of a sandbox said of it: bubblewrap's `--json-status-fd`, or the like.
///
/// `init` is the host's pid of the sandbox's init. `hasRun` is false where the sandbox could not be
/// made or the program not be executed; bubblewrap's exit code alone does not tell.
record SandboxStatus(OptionalLong init, boolean hasRun) {
  private static final Pattern INIT = Pattern.compile("\"child-pid\": *(\\d+)");
  private static final int PATIENCE_MILLIS = 10_000;

  static SandboxStatus read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      text = "";
    }
    var found = INIT.matcher(text);
    var init =
        found.find() ? OptionalLong.of(Long.parseLong(found.group(1))) : OptionalLong.empty();
    return new SandboxStatus(init, text.contains("\"exit-code\""));
  }

  /// Waits until nothing of the sandbox is left.
  ///
  /// bubblewrap exits as soon as the program does; its init is then killed, and the kernel kills
  /// every process of the namespace before init becomes a zombie.
  void awaitEnd(Path root) throws IOException, InterruptedException, KilnException {
    if (init.isEmpty()) {
      return;
    }
    var stat = root.resolve("proc/" + init.getAsLong() + "/stat");
    for (int waited = 0; isAlive(stat); waited++) {
      if (waited > PATIENCE_MILLIS) {
        throw new KilnException("processes of a finished build do not end");
      }
      Thread.sleep(1);
    }
  }

  private static boolean isAlive(Path stat) throws IOException {
    try {
      var text = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
      int state = text.lastIndexOf(')') + 2;
      return state < text.length() && text.charAt(state) != 'Z' && text.charAt(state) != 'X';
    } catch (IOException e) {
      return false;
    }
  }
}
