package dev.kiln.manifest;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlTable;
import dev.kiln.toml.TomlValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// `[lints]` as arguments of rustc and rustdoc (Cargo: `lints_to_rustflags`): by priority, then by
/// name *descending*, then the check-cfgs of `unexpected_cfgs` as listed.
final class Lints {
  private static final Set<String> TOOLS = Set.of("cargo", "clippy", "rust", "rustdoc");
  private static final Set<String> LEVELS = Set.of("forbid", "deny", "warn", "allow");

  private record Flag(long priority, String name, String option) {}

  private Lints() {}

  static List<String> toFlags(TomlTable lints, List<String> warnings) throws KilnException {
    var flags = new ArrayList<Flag>();
    for (var tool : lints.entries()) {
      if (tool.getKey().equals("cargo")) {
        warnings.add("unused manifest key `lints.cargo` (may be supported in a future version)");
      }
      if (!TOOLS.contains(tool.getKey())) {
        warnings.add(
            "unrecognized lint tool `lints."
                + tool.getKey()
                + "`, specifying unrecognized tools may break in the future.\n"
                + "supported tools: cargo, clippy, rust, rustdoc");
      }
      for (var lint : tool.getValue().table().entries()) {
        checkName(tool.getKey(), lint.getKey());
        warnOfUnused(tool.getKey(), lint.getKey(), lint.getValue(), warnings);
        var flag = flag(tool.getKey(), lint.getKey(), lint.getValue());
        if (!tool.getKey().equals("cargo")) {
          flags.add(flag);
        }
      }
    }
    flags.sort(
        Comparator.comparingLong(Flag::priority)
            .thenComparing(Flag::name, Comparator.reverseOrder())
            .thenComparing(Flag::option));
    var options = new ArrayList<String>();
    flags.forEach(flag -> options.add(flag.option()));
    options.addAll(checkCfgs(lints));
    return options;
  }

  private static void warnOfUnused(String tool, String name, TomlValue value, List<String> warnings)
      throws KilnException {
    if (!value.isTable()) {
      return;
    }
    for (var key : value.table().keys()) {
      boolean isCheckCfg =
          key.equals("check-cfg") && tool.equals("rust") && name.equals("unexpected_cfgs");
      if (!key.equals("level") && !key.equals("priority") && !isCheckCfg) {
        warnings.add("unused manifest key: `lints." + tool + "." + name + "." + key + "`");
      }
    }
  }

  private static void checkName(String tool, String name) throws KilnException {
    int colons = name.indexOf("::");
    if (colons < 0 || !TOOLS.contains(tool)) {
      return;
    }
    var prefix = name.substring(0, colons);
    var shown = "`lints." + tool + "." + name + "` is not ";
    throw new KilnException(
        prefix.equals(tool) || (tool.equals("rust") && TOOLS.contains(prefix))
            ? shown
                + "valid lint name; try `lints."
                + prefix
                + "."
                + name.substring(colons + 2)
                + "`"
            : shown + "a valid lint name");
  }

  private static Flag flag(String tool, String name, TomlValue value) throws KilnException {
    TomlValue level = value;
    long priority = 0;
    if (value.isTable()) {
      var table = value.table();
      level = table.value("level");
      var given = table.value("priority");
      priority = given == null ? 0 : given.integer("i8");
      if (level == null) {
        throw value.failure("missing field `level`");
      }
    }
    var word = level.string("a string or map");
    if (!LEVELS.contains(word)) {
      throw level.failure(
          "unknown variant `" + word + "`, expected one of `forbid`, `deny`, `warn`, `allow`");
    }
    var prefix = tool.equals("rust") ? "" : tool + "::";
    return new Flag(priority, name, "--" + word + "=" + prefix + name);
  }

  private static List<String> checkCfgs(TomlTable lints) throws KilnException {
    var rust = lints.table("rust");
    var unexpected = rust == null ? null : rust.value("unexpected_cfgs");
    if (unexpected == null || !unexpected.isTable()) {
      return List.of();
    }
    var given = unexpected.table().value("check-cfg");
    if (given == null) {
      return List.of();
    }
    var options = new ArrayList<String>();
    var items = given.isArray() ? given.array() : List.<TomlValue>of();
    if (!given.isArray() || !items.stream().allMatch(TomlValue::isString)) {
      throw new KilnException("`lints.rust.unexpected_cfgs.check-cfg` must be a list of string");
    }
    for (var item : items) {
      options.add("--check-cfg");
      options.add(item.string());
    }
    return options;
  }
}
