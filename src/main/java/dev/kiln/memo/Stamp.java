package dev.kiln.memo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A file's size, times and inode: as long as these stay, the contents count as unchanged (design
/// D10).
public record Stamp(String text) {
  private static final Stamp ABSENT = new Stamp("-");

  /// Returns the stamp of a file or directory, links followed; a fixed one where there is none.
  public static Stamp of(Path path) throws IOException {
    return read(path);
  }

  /// Returns the stamp of a file, directory or symbolic link itself.
  public static Stamp ofLink(Path path) throws IOException {
    return read(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static Stamp read(Path path, LinkOption... options) throws IOException {
    try {
      var facts = Files.readAttributes(path, "unix:size,lastModifiedTime,ctime,ino", options);
      return new Stamp(
          facts.get("size")
              + " "
              + nanos(facts.get("lastModifiedTime"))
              + " "
              + nanos(facts.get("ctime"))
              + " "
              + facts.get("ino"));
    } catch (NoSuchFileException e) {
      return ABSENT;
    }
  }

  private static long nanos(@Nullable Object time) {
    return ((FileTime) Objects.requireNonNull(time)).to(TimeUnit.NANOSECONDS);
  }

  @Override
  public String toString() {
    return text;
  }
}
