package dev.kiln.store;

import dev.kiln.KilnException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Says in one sentence what a file system refused.
final class StoreFailure {
  private StoreFailure() {}

  /// Returns what users see where the file system refused something; `doing` is "cannot …", `where`
  /// a place in the store.
  static KilnException of(String doing, Path where, IOException e) {
    var place =
        e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "" + where;
    var told = doing.contains(place) ? doing : doing + " at " + place;
    return new KilnException(told + ": " + reason(e), hint(where, e), e);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    var reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    if (reason == null) {
      reason = e.getClass().getSimpleName();
    }
    return reason.isEmpty()
        ? reason
        : Character.toLowerCase(reason.charAt(0)) + reason.substring(1);
  }

  private static @Nullable String hint(Path where, IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return isStores(where, denied.getFile())
          ? "check who owns it, or choose another store with --store DIR or KILN_STORE"
          : "check who owns it, and who may use it and the directories above it";
    }
    var text = String.valueOf(e.getMessage());
    if (text.contains("No space left") || text.contains("quota exceeded")) {
      return "make room on that disk, for example with `kiln store gc`";
    }
    if (text.contains("Read-only file system")) {
      return "choose a store on a file system that can be written with --store DIR or KILN_STORE";
    }
    return null;
  }

  /// Answers whether the store refused, or a directory that it is to lie in, and not something that
  /// was to come into it.
  private static boolean isStores(Path where, @Nullable String file) {
    if (file == null) {
      return true;
    }
    var refused = where.getFileSystem().getPath(file);
    return refused.startsWith(where) || where.startsWith(refused);
  }
}
