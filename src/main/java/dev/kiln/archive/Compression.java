package dev.kiln.archive;

import dev.kiln.KilnException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;

/// The ways in which NARs and tarballs are compressed, by Nix's names.
public enum Compression {
  NONE("none", ""),
  GZIP("gzip", ".gz"),
  BZIP2("bzip2", ".bz2"),
  XZ("xz", ".xz"),
  ZSTD("zstd", ".zst");

  private final String nixName;
  private final String suffix;

  Compression(String nixName, String suffix) {
    this.nixName = nixName;
    this.suffix = suffix;
  }

  /// Returns the method that Nix calls so.
  public static Compression parse(String nixName) throws KilnException {
    return Arrays.stream(values())
        .filter(method -> method.nixName.equals(nixName))
        .findFirst()
        .orElseThrow(() ->
            new KilnException(
                "unknown compression '" + nixName + "'",
                "none, gzip, bzip2, xz and zstd are known"));
  }

  /// Returns the method that a file's name shows by its end; none where it shows nothing.
  public static Compression ofFileName(String name) {
    return Arrays.stream(values())
        .filter(method -> method != NONE && name.endsWith(method.suffix))
        .findFirst()
        .orElse(NONE);
  }

  public String nixName() {
    return nixName;
  }

  /// Returns what a file's name ends in: `.xz`.
  public String suffix() {
    return suffix;
  }

  /// Returns the uncompressed stream; several compressed streams in a row count as one.
  public InputStream decompress(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GZIPInputStream(in, 1 << 16);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      case XZ -> new XZInputStream(in);
      case ZSTD -> new ZstdCompressorInputStream(in);
    };
  }

  /// Returns a stream that compresses; closing it ends the compressed stream.
  public OutputStream compress(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out, 1 << 16);
      case BZIP2 -> new BZip2CompressorOutputStream(out);
      case XZ -> new XZOutputStream(out, new LZMA2Options());
      case ZSTD -> new ZstdCompressorOutputStream(out);
    };
  }
}
