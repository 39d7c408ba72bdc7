package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.SmallFile;
import dev.kiln.archive.Trees;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads the stream of `nix-store --export` entry by entry (nix-store.md §14). What is said is
/// taken on trust; whether references are valid is for whoever imports.
public final class ExportReader {
  private static final int LONGEST_STRING = 4096;

  private final StoreDir store;
  private final InputStream in;
  private final byte[] word = new byte[8];
  private final ByteBuffer number = ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN);

  /// `in` should be buffered.
  public ExportReader(StoreDir store, InputStream in) {
    this.store = store;
    this.in = in;
  }

  /// An entry, with the hash and size of the NAR that was read.
  public record Imported(ExportEntry entry, NarHash nar) {}

  /// An entry whose tree is one small file.
  public record ImportedFile(ExportEntry entry, SmallFile file) {}

  /// Answers whether another entry follows; [#takeFile] or [#read] then takes it.
  public boolean hasNext() throws IOException, KilnException {
    var marker = integer();
    if (marker != 0 && marker != 1) {
      throw bad("it does not look like something that export made");
    }
    return marker == 1;
  }

  /// Takes the entry where its tree is one small file, and unpacks nothing; else answers null.
  public @Nullable ImportedFile takeFile() throws IOException, KilnException {
    var file = SmallFile.take(in);
    return file == null ? null : new ImportedFile(entry(), file);
  }

  /// Unpacks the entry's tree to a path where nothing is yet and answers what it is. Where this
  /// fails, nothing is left there.
  public Imported read(Path destination) throws IOException, KilnException {
    var nar = NarReader.restoreHashed(in, destination);
    var whole = false;
    try {
      var entry = entry();
      whole = true;
      return new Imported(entry, nar);
    } finally {
      if (!whole) {
        Trees.delete(destination);
      }
    }
  }

  private ExportEntry entry() throws IOException, KilnException {
    if (integer() != ExportWriter.MAGIC) {
      throw bad("wrong format");
    }
    var path = store.parse(string());
    var references = new TreeSet<StorePath>();
    var count = integer();
    if (count < 0) {
      throw bad("it has more references than any store");
    }
    for (var i = 0L; i < count; i++) {
      references.add(store.parse(string()));
    }
    var deriver = string();
    var entry = new ExportEntry(path, references, deriver.isEmpty() ? null : store.parse(deriver));
    switch (Math.clamp(integer(), -1, 2)) {
      case 0 -> {}
      case 1 -> {
        var _ = string(); // a signature of Nix 1, which says nothing
      }
      default -> throw bad("an entry does not end");
    }
    return entry;
  }

  private long integer() throws IOException, KilnException {
    read(word);
    return number.getLong(0);
  }

  private String string() throws IOException, KilnException {
    var length = integer();
    if (length < 0 || length > LONGEST_STRING) {
      throw bad("a text is longer than " + LONGEST_STRING + " bytes");
    }
    var bytes = new byte[(int) (length + (-length & 7))];
    read(bytes);
    for (var i = (int) length; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        throw bad("the padding is not zero");
      }
    }
    return new String(bytes, 0, (int) length, StandardCharsets.UTF_8);
  }

  private void read(byte[] bytes) throws IOException, KilnException {
    if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
      throw new KilnException("bad export stream: it ends too early", null, new EOFException());
    }
  }

  private static KilnException bad(String what) {
    return new KilnException("bad export stream: " + what);
  }
}
