package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.process.FileSystemFlush;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// The files that records lie in: written under temporary names, flushed, and then put in their
/// places.
///
/// Records that are written together share a file, which has a hard link for each: a link costs a
/// third of a file, and most of a thousand small objects' cost is that of the files made for them.
/// Such a file is `kiln records`, a line `FOLDER/NAME LENGTH` for each, an empty line, and the
/// records.
final class RecordFiles {
  private static final byte[] HEAD = "kiln records\n".getBytes(StandardCharsets.US_ASCII);

  /// So many share a file: who reads one reads all of them.
  private static final int MOST = 16;

  /// A record: its place and contents.
  record Record(Path place, ByteString contents) {
    String name() {
      return place.getFileName().toString();
    }
  }

  /// A file under a temporary name, and the records in it.
  record Temporary(Path file, List<Record> records) {}

  private final Path root;
  private final Supplier<Path> scratch;
  private volatile boolean linkless;

  /// `scratch` gives a fresh name on the store's file system.
  RecordFiles(Path root, Supplier<Path> scratch) {
    this.root = root;
    this.scratch = scratch;
  }

  List<Temporary> write(List<Record> records) throws IOException {
    var files = new ArrayList<Temporary>();
    var most = linkless ? 1 : MOST;
    for (var from = 0; from < records.size(); from += most) {
      var together = records.subList(from, Math.min(records.size(), from + most));
      var file = new Temporary(scratch.get(), List.copyOf(together));
      Canonical.create(
          file.file, together.size() == 1 ? together.getFirst().contents : together(together));
      files.add(file);
    }
    return files;
  }

  private static ByteString together(List<Record> records) {
    var file = new ByteArrayOutputStream();
    file.writeBytes(HEAD);
    for (var record : records) {
      var line = key(record.place) + " " + record.contents.length() + "\n";
      file.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
    }
    file.write('\n');
    for (var record : records) {
      file.writeBytes(record.contents.bytes());
    }
    return ByteString.of(file.toByteArray());
  }

  /// A path's record and its realisation have the same name, in different folders.
  private static String key(Path place) {
    return place.subpath(place.getNameCount() - 2, place.getNameCount()).toString();
  }

  /// Puts records in their places, after one flush of the file system.
  void place(List<Temporary> files) throws IOException {
    if (files.isEmpty()) {
      return;
    }
    if (!FileSystemFlush.flush(root)) {
      for (var file : files) {
        force(file.file);
      }
    }
    for (var file : files) {
      if (file.records.size() == 1) {
        Files.move(file.file, file.records.getFirst().place, StandardCopyOption.ATOMIC_MOVE);
        continue;
      }
      for (var record : file.records) {
        link(file.file, record);
      }
      Files.delete(file.file);
    }
  }

  private void link(Path file, Record record) throws IOException {
    if (!linkless) {
      try {
        Files.createLink(record.place, file);
        return;
      } catch (FileAlreadyExistsException e) {
        // it replaces another
      } catch (IOException | UnsupportedOperationException e) {
        linkless = true;
      }
    }
    var own = scratch.get();
    Canonical.create(own, record.contents);
    force(own);
    Files.move(own, record.place, StandardCopyOption.ATOMIC_MOVE);
  }

  /// The second best where the system can't flush a file system: the records at least are whole.
  private static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(false);
    }
  }

  /// Reads the record at a place.
  static byte[] read(Path place) throws IOException, KilnException {
    var file = Files.readAllBytes(place);
    if (!startsWith(file, 0, HEAD)) {
      return file;
    }
    var key = (key(place) + " ").getBytes(StandardCharsets.US_ASCII);
    var from = -1;
    var length = 0;
    var offset = 0;
    var line = HEAD.length;
    for (var end = end(file, line); end > line; end = end(file, line)) {
      var size = size(file, end);
      if (startsWith(file, line, key)) {
        from = offset;
        length = size;
      }
      offset += size;
      line = end + 1;
    }
    var start = line + 1 + from;
    if (from < 0 || start + length > file.length) {
      throw PathRecords.damaged(place);
    }
    return Arrays.copyOfRange(file, start, start + length);
  }

  private static boolean startsWith(byte[] file, int from, byte[] text) {
    return file.length - from >= text.length
        && Arrays.equals(file, from, from + text.length, text, 0, text.length);
  }

  /// Returns where a line ends.
  private static int end(byte[] file, int line) {
    var end = line;
    while (end < file.length && file[end] != '\n') {
      end++;
    }
    return end;
  }

  /// Returns the number at the end of a line.
  private static int size(byte[] file, int end) {
    var size = 0;
    for (int i = end - 1, unit = 1; file[i] >= '0' && file[i] <= '9'; i--, unit *= 10) {
      size += (file[i] - '0') * unit;
    }
    return size;
  }
}
