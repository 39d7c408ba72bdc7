package dev.kiln.plan;

import dev.kiln.KilnException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which names `--profile` takes (Cargo: cargo-util-schemas restricted_names.rs).
public final class ProfileNames {
  private static final Set<String> RESERVED =
      Set.of(
          "build",
          "check",
          "clean",
          "config",
          "fetch",
          "fix",
          "install",
          "metadata",
          "package",
          "publish",
          "report",
          "root",
          "run",
          "rust",
          "rustc",
          "rustdoc",
          "target",
          "tmp",
          "uninstall");
  private static final String MORE =
      "\nSee https://doc.rust-lang.org/cargo/reference/profiles.html for more on configuring"
          + " profiles.";

  private ProfileNames() {}

  /// Rejects a name that no profile can have.
  public static void check(@Nullable String name) throws KilnException {
    if (name == null) {
      return;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '_' && c != '-') {
        throw new KilnException(
            "invalid character `"
                + c
                + "` in profile name: `"
                + name
                + "`, allowed characters are letters, numbers, underscore, and hyphen");
      }
    }
    if (name.equals("doc")) {
      throw new KilnException(
          "profile `doc` is reserved and not allowed to be explicitly specified");
    }
    if (name.equalsIgnoreCase("debug")) {
      throw new KilnException(
          "profile name `"
              + name
              + "` is reserved\nTo configure the default development profile, use the"
              + " name `dev` as in [profile.dev]"
              + MORE);
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))
        || name.toLowerCase(Locale.ROOT).startsWith("cargo")) {
      throw new KilnException(
          "profile name `" + name + "` is reserved\nPlease choose a different name." + MORE);
    }
  }
}
