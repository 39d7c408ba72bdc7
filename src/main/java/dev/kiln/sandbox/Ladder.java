package dev.kiln.sandbox;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildListener;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Finds the best rung that this machine allows, by trying each with a small builder that checks
/// its walls.
public final class Ladder {
  private static final List<String> SYSTEM =
      List.of("bin", "gnu", "lib", "lib32", "lib64", "libx32", "nix", "sbin", "usr");

  /// Exits with 0 only inside working walls.
  private static final String CHECK =
      """
      [ -r /proc/self/stat ] || exit 3
      (: >/proc/sys/kernel/core_pattern) 2>/dev/null && exit 4
      (: >/usr/.kiln-was-here) 2>/dev/null && exit 5
      [ ! -e /etc/shadow ] || exit 6
      : >/build/out/written
      """;

  private final Store store;
  private final Tools tools;

  public Ladder(Store store, Tools tools) {
    this.store = store;
    this.tools = tools;
  }

  /// Returns the best rung; `cache` is a file that remembers it until the machine is booted anew,
  /// its tools or its user change.
  ///
  /// Throws where no rung works, with the cause and what to do.
  public Rung climb(Path cache) throws KilnException, InterruptedException {
    var key = key();
    var remembered = recall(cache, key);
    if (remembered.isPresent()) {
      return remembered.get();
    }
    var complaints = new TreeMap<String, String>();
    for (var rung : Rung.LADDER) {
      var complaint = probe(rung);
      if (complaint.isEmpty()) {
        remember(cache, key, rung);
        return rung;
      }
      complaints.put(rung.word(), complaint.get());
    }
    throw Diagnosis.of(facts(complaints)).failure();
  }

  /// Returns why a rung does not work here, or nothing where it does.
  public Optional<String> probe(Rung rung) throws InterruptedException {
    if (!hasTools(rung)) {
      return Optional.of("not installed");
    }
    var complaint = new StringBuilder();
    var listener =
        new BuildListener() {
          @Override
          public void stderr(byte[] line) {
            complaint
                .append(new String(line, java.nio.charset.StandardCharsets.UTF_8))
                .append('\n');
          }
        };
    try {
      var builder = new LocalBuilder(store, tools, rung, store.root());
      var outcome = builder.build(request(), Beside.nothing(), listener);
      return switch (outcome) {
        case BuildOutcome.Built(var outputs, _) -> {
          for (var output : outputs.values()) {
            LocalBuilder.discard(output);
          }
          yield Optional.empty();
        }
        case BuildOutcome.Failed(var exit, _, _) ->
            Optional.of("a check inside failed with " + exit + " " + complaint);
      };
    } catch (KilnException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private boolean hasTools(Rung rung) {
    return switch (rung.means()) {
      case BUBBLEWRAP -> tools.hasAll("sh", "bwrap");
      case UNSHARE, SETUID -> tools.hasAll("sh", "env", "mount", "setpriv", "setsid", "unshare");
      case NOTHING -> tools.hasAll("sh", "env");
    };
  }

  private BuildRequest request() {
    var mounts = new ArrayList<Mount>();
    for (var name : SYSTEM) {
      var source = tools.root().resolve(name);
      if (Files.isDirectory(source)) {
        mounts.add(new Mount.Host("/" + name, source));
      }
    }
    mounts.add(new Mount.Output("/build/out", "out", List.of()));
    var argv = List.of("/bin/sh", "-c", CHECK);
    return new BuildRequest("sandbox-probe", argv, new TreeMap<>(), "/build/out", mounts, false);
  }

  private SortedMap<String, String> key() {
    var key = new TreeMap<String, String>();
    key.put("boot", read("proc/sys/kernel/random/boot_id"));
    key.put("kernel", read("proc/sys/kernel/osrelease"));
    key.put("user", user());
    for (var name : List.of("bwrap", "unshare", "setpriv")) {
      key.put(name, tools.find(name).map(Ladder::stamp).orElse("none"));
    }
    return key;
  }

  private String user() {
    try {
      return Files.getAttribute(tools.root().resolve("proc/self"), "unix:uid").toString();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String stamp(Path tool) {
    try {
      return tool + " " + Files.size(tool) + " " + Files.getLastModifiedTime(tool).toMillis();
    } catch (IOException e) {
      return "none";
    }
  }

  private String read(String path) {
    try {
      return Files.readString(tools.root().resolve(path)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static Optional<Rung> recall(Path cache, SortedMap<String, String> key) {
    try {
      var text = Files.readString(cache);
      return Rung.LADDER.stream().filter(rung -> text.equals(text(key, rung))).findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void remember(Path cache, SortedMap<String, String> key, Rung rung)
      throws KilnException {
    try {
      var folder = cache.toAbsolutePath().getParent();
      var fresh = Files.createTempFile(Files.createDirectories(folder), "rung", "");
      Files.writeString(fresh, text(key, rung));
      Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new KilnException("cannot write " + cache, "check its directory may be written", e);
    }
  }

  private static String text(SortedMap<String, String> key, Rung rung) {
    var text = new StringBuilder();
    key.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
    return text.append("rung ").append(rung.word()).append('\n').toString();
  }

  private Diagnosis.Facts facts(SortedMap<String, String> complaints) {
    var status = read("proc/self/status");
    return new Diagnosis.Facts(
        read("proc/sys/kernel/apparmor_restrict_unprivileged_userns").equals("1"),
        read("proc/sys/kernel/unprivileged_userns_clone").equals("0"),
        read("proc/sys/user/max_user_namespaces").equals("0"),
        status.lines().anyMatch(line -> line.matches("Seccomp:\\s+2")),
        tools.hasAll("bwrap"),
        user().equals("0"),
        complaints);
  }
}
