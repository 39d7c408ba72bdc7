package dev.kiln.memo;

import dev.kiln.digest.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Answers by kind and key, one small file each.
///
/// Files are written under another name and renamed, and carry their length: after a power cut a
/// renamed file may be empty.
public final class Memo {
  private static final AtomicLong NEXT = new AtomicLong();

  private final Path directory;

  /// Keeps answers below a directory, which is made when the first is kept.
  public Memo(Path directory) {
    this.directory = directory;
  }

  /// Returns the answer that was kept for a key.
  public Optional<String> find(String kind, String key) {
    try {
      var text = Files.readString(file(kind, key));
      int newline = text.indexOf('\n');
      var answer = text.substring(newline + 1);
      return newline > 0 && text.substring(0, newline).equals(header(answer))
          ? Optional.of(answer)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Keeps an answer, in place of an earlier one. Where the directory cannot be written nothing is
  /// kept: the next run asks again.
  public void keep(String kind, String key, String answer) {
    var file = file(kind, key);
    var half =
        file.resolveSibling(
            "." + ProcessHandle.current().pid() + "-" + NEXT.incrementAndGet() + ".tmp");
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(half, header(answer) + "\n" + answer);
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      forget(half);
    }
  }

  private static void forget(Path half) {
    try {
      Files.deleteIfExists(half);
    } catch (IOException e) {
      // A directory that cannot be written has nothing to delete from.
    }
  }

  private static String header(String answer) {
    return "kiln memo " + answer.length();
  }

  private Path file(String kind, String key) {
    return directory
        .resolve(kind)
        .resolve(Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex());
  }
}
