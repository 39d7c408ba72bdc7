package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.manifest.Dependency;
import dev.kiln.manifest.Platform;
import dev.kiln.manifest.SourceId;
import dev.kiln.manifest.Version;
import dev.kiln.manifest.VersionReq;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One version of a crate as a registry's index lists it, its dependencies as they are written.
public record Published(
    String name, Version version, Digest checksum, boolean yanked, List<Json> listed) {
  public Published {
    listed = List.copyOf(listed);
  }

  /// Reads the dependencies that the index of a registry lists (Cargo: `RegistryDependency`).
  List<Dependency> dependencies(SourceId registry) throws KilnException {
    var dependencies = new ArrayList<Dependency>();
    for (var entry : listed) {
      dependencies.add(dependency(entry, registry));
    }
    return dependencies;
  }

  private static Dependency dependency(Json entry, SourceId registry) throws KilnException {
    var key = entry.require("name").asString();
    var name = text(entry, "package");
    var target = text(entry, "target");
    var other = text(entry, "registry");
    var kind = text(entry, "kind").orElse("normal").toUpperCase(Locale.ROOT);
    var features = new ArrayList<String>();
    for (var feature : entry.require("features").asArray()) {
      features.add(feature.asString());
    }
    return new Dependency(
        key,
        name.orElse(key),
        VersionReq.parse(entry.require("req").asString()),
        other.isEmpty() ? registry : SourceId.registry(other.get()),
        Dependency.Kind.valueOf(kind),
        target.isEmpty() ? null : Platform.parse(target.get()),
        entry.require("optional").asBoolean(),
        entry.require("default_features").asBoolean(),
        features,
        new Dependency.Extras(null, null, name.isPresent(), true, false, null, false, null));
  }

  private static Optional<String> text(Json entry, String key) throws KilnException {
    var value = entry.find(key);
    return value.isPresent() && value.get() instanceof Json.Str text
        ? Optional.of(text.value())
        : Optional.empty();
  }
}
