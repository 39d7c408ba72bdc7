package dev.kiln.store.format;

import dev.kiln.KilnException;
import dev.kiln.store.StoreDir;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes the stream of `nix-store --export` (nix-store.md §14). Whoever uses it writes
/// dependencies before what depends on them.
public final class ExportWriter {
  static final long MAGIC = 0x4558494e;

  private final StoreDir store;
  private final OutputStream out;

  public ExportWriter(StoreDir store, OutputStream out) {
    this.store = store;
    this.out = out;
  }

  /// Writes the NAR of a path.
  public interface Nar {
    void writeTo(OutputStream out) throws IOException, KilnException;
  }

  public void write(ExportEntry entry, Nar nar) throws IOException, KilnException {
    integer(1);
    nar.writeTo(out);
    integer(MAGIC);
    string(store.resolve(entry.path()));
    integer(entry.references().size());
    for (var reference : entry.references()) {
      string(store.resolve(reference));
    }
    var deriver = entry.deriver();
    string(deriver == null ? "" : store.resolve(deriver));
    integer(0);
  }

  /// Writes the end.
  public void finish() throws IOException {
    integer(0);
    out.flush();
  }

  private void integer(long value) throws IOException {
    var bytes = new byte[8];
    for (var i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    out.write(bytes);
  }

  private void string(String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    integer(bytes.length);
    out.write(bytes);
    out.write(new byte[-bytes.length & 7]);
  }
}
