package dev.kiln.toolchain.debian;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The list of a suite's index files with their hashes: what the archive's signature is over.
public final class Release {
  /// One index file.
  public record Entry(Digest sha256, long size) {}

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss z", Locale.ROOT);

  private final String codename;
  private final @Nullable Instant validUntil;
  private final SortedMap<String, Entry> entries;

  private Release(String codename, @Nullable Instant validUntil, SortedMap<String, Entry> entries) {
    this.validUntil = validUntil;
    this.codename = codename;
    this.entries = Collections.unmodifiableSortedMap(entries);
  }

  /// Parses the signed text of an `InRelease`: what gpgv gives out, without the signature.
  public static Release parse(String text) throws KilnException {
    try {
      var stanza =
          new Stanzas(new BufferedReader(new StringReader(text)))
              .next()
              .orElseThrow(() -> new KilnException("the signed list of the archive is empty"));
      var entries = new TreeMap<String, Entry>();
      for (var line : Stanzas.field(stanza, "SHA256").split("\n", -1)) {
        var words = line.strip().split("\\s+", -1);
        if (words.length == 3) {
          var hash = new Digest(HashAlgorithm.SHA256, HexFormat.of().parseHex(words[0]));
          entries.put(words[2], new Entry(hash, Long.parseLong(words[1])));
        }
      }
      var until = stanza.get("Valid-Until");
      return new Release(
          Stanzas.field(stanza, "Codename"),
          until == null ? null : Instant.from(DATE.parse(until.strip())),
          entries);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new KilnException("the signed list of the archive cannot be read", null, e);
    }
  }

  /// Returns the name of the suite that the list is for.
  public String codename() {
    return codename;
  }

  /// Says whether the list was to be replaced by now: somebody may keep newer ones back. Suites
  /// that do not change any more are valid for ever.
  public boolean isOutdated(Instant now) {
    return validUntil != null && now.isAfter(validUntil);
  }

  /// Returns what is said of an index file such as `main/binary-amd64/Packages.xz`.
  public Optional<Entry> find(String path) {
    return Optional.ofNullable(entries.get(path));
  }
}
