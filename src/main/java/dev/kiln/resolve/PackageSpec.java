package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.PackageId;
import dev.kiln.manifest.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What `-p` and profile overrides name packages by (Cargo: package_id_spec.rs): `name`,
/// `name@1.2`, `name:1.2`, `URL`, `URL#name@1.2.3`, `KIND+URL#…`.
///
/// `version` may be partial, `url` has its kind in front where one was written.
public record PackageSpec(
    String name, @Nullable PartialVersion version, @Nullable String url, String text) {
  private static final Pattern VERSION =
      Pattern.compile(
          "([0-9]+)(?:\\.([0-9]+)(?:\\.([0-9]+)(?:-([0-9A-Za-z.-]+))?(?:\\+([0-9A-Za-z.-]+))?)?)?");
  private static final List<String> KINDS = List.of("registry+", "sparse+", "git+", "path+");

  /// A version of which only the first parts may be given.
  public record PartialVersion(
      long major,
      @Nullable Long minor,
      @Nullable Long patch,
      @Nullable String pre,
      @Nullable String build) {
    static PartialVersion parse(String text) throws KilnException {
      var matcher = VERSION.matcher(text);
      if (!matcher.matches()) {
        throw new KilnException(
            text.startsWith("v")
                ? "the version provided, `"
                    + text
                    + "` is not a valid SemVer version\n\nhelp: try changing the version to `"
                    + text.substring(1)
                    + "`"
                : "expected a version like \"1.32\"");
      }
      return new PartialVersion(
          Long.parseLong(matcher.group(1)),
          number(matcher.group(2)),
          number(matcher.group(3)),
          matcher.group(4),
          matcher.group(5));
    }

    private static @Nullable Long number(@Nullable String text) {
      return text == null ? null : Long.valueOf(text);
    }

    boolean matches(Version version) {
      // a pre-release is only meant where it was written
      return (version.pre().isEmpty() || pre != null)
          && major == version.major()
          && (minor == null || minor == version.minor())
          && (patch == null || patch == version.patch())
          && (pre == null || pre.equals(version.pre()))
          && (build == null || build.equals(version.build()));
    }
  }

  /// Parses a specification.
  public static PackageSpec parse(String text) throws KilnException {
    return text.contains("://")
        ? parseUrl(text)
        : parseName(text, null, text.replaceFirst(":", "@"));
  }

  /// Returns the specification that matches this one package.
  public static PackageSpec of(PackageId id) {
    var version = id.version();
    return new PackageSpec(
        id.name(),
        new PartialVersion(
            version.major(),
            version.minor(),
            version.patch(),
            version.pre().isEmpty() ? null : version.pre(),
            version.build().isEmpty() ? null : version.build()),
        id.source().withoutPrecise(),
        id.toSpec());
  }

  private static PackageSpec parseName(String spec, @Nullable String url, String text)
      throws KilnException {
    int at = indexOfVersion(spec);
    var name = at < 0 ? spec : spec.substring(0, at);
    if (name.isEmpty()) {
      throw new KilnException("package name cannot be empty");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean fits =
          i == 0 ? Character.isLetter(c) || c == '_' : Character.isUnicodeIdentifierPart(c);
      if (!fits && !(i > 0 && c == '-')) {
        throw new KilnException(
            "invalid character `"
                + c
                + "` in package name: `"
                + name
                + "`, characters must be "
                + "Unicode XID characters (numbers, `-`, `_`, or most letters)");
      }
    }
    return new PackageSpec(
        name, at < 0 ? null : PartialVersion.parse(spec.substring(at + 1)), url, text);
  }

  private static int indexOfVersion(String spec) {
    int at = spec.indexOf('@');
    int colon = spec.indexOf(':');
    return at < 0 ? colon : colon < 0 ? at : Math.min(at, colon);
  }

  private static PackageSpec parseUrl(String text) throws KilnException {
    int hash = text.indexOf('#');
    var url = hash < 0 ? text : text.substring(0, hash);
    var path = url.replaceFirst("\\?.*", "").replaceFirst("/$", "");
    var last = path.substring(path.lastIndexOf('/') + 1);
    if (hash < 0) {
      return new PackageSpec(last, null, url, text);
    }
    var fragment = text.substring(hash + 1);
    if (indexOfVersion(fragment) >= 0
        || (!fragment.isEmpty() && Character.isLetter(fragment.charAt(0)))) {
      // shown without the name where the URL ends in it
      int at = indexOfVersion(fragment);
      var shown =
          (at < 0 ? fragment : fragment.substring(0, at)).equals(last)
              ? url + (at < 0 ? "" : "#" + fragment.substring(at + 1))
              : text.replaceFirst(":([^:/#]*)$", "@$1");
      return parseName(fragment, url, shown);
    }
    return new PackageSpec(last, PartialVersion.parse(fragment), url, text);
  }

  /// Says whether the specification means this package.
  public boolean matches(PackageId id) {
    if (!name.equals(id.name()) || (version != null && !version.matches(id.version()))) {
      return false;
    }
    if (url == null) {
      return true;
    }
    var source = id.source().withoutPrecise();
    return KINDS.stream().anyMatch(url::startsWith)
        ? url.equals(source)
        : url.equals(bare(source)) || url.equals(bare(source).replaceFirst("\\?.*", ""));
  }

  private static String bare(String source) {
    for (var kind : KINDS) {
      if (source.startsWith(kind)) {
        return source.substring(kind.length());
      }
    }
    return source;
  }

  /// Returns the one package among these that is meant; `replaced` may be meant as well, and cannot
  /// be had.
  public PackageId query(Collection<PackageId> ids, Collection<PackageId> replaced)
      throws KilnException {
    var matching =
        Stream.concat(ids.stream(), replaced.stream()).filter(this::matches).sorted().toList();
    if (matching.size() == 1 && ids.contains(matching.getFirst())) {
      return matching.getFirst();
    }
    if (matching.size() <= 1) {
      var close = Closest.to(name, ids.stream().map(PackageId::name).toList());
      throw new KilnException(
          "package ID specification `" + text + "` did not match any packages",
          close == null ? null : "a package with a similar name exists: `" + close + "`");
    }
    var choices = new ArrayList<String>();
    for (var id : matching) {
      boolean unique =
          matching.stream().filter(other -> other.version().equals(id.version())).count() == 1;
      choices.add(unique ? id.name() + "@" + id.version() : id.toSpec());
    }
    throw new KilnException(
        // the typing error is Cargo 1.95's
        "specificationm `" + text + "` is ambiguous",
        "re-run this command with one of the following specifications\n  "
            + String.join("\n  ", choices));
  }

  @Override
  public String toString() {
    return text;
  }
}
