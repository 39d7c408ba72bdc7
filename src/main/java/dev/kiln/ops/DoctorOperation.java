package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.memo.Memo;
import dev.kiln.process.Command;
import dev.kiln.sandbox.Ladder;
import dev.kiln.sandbox.Tools;
import dev.kiln.store.Store;
import dev.kiln.toolchain.HostSysroots;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.Runner;
import dev.kiln.toolchain.RustcFinder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks at everything that a build needs of this machine, and says how to mend what is lacking.
public final class DoctorOperation {
  private static final int NEWEST_KNOWN_TO_LACK = 24;
  private static final long SCARCE = 2L << 30;

  private final Settings settings;
  private final Path root;
  private final List<Finding> findings = new ArrayList<>();

  /// How something stands: there, there with a drawback, or lacking.
  public enum State {
    OK,
    WARNING,
    LACKING
  }

  /// One thing that was looked at. `remedy` is a command or an imperative, null where all is well.
  public record Finding(State state, String subject, String text, @Nullable String remedy) {}

  private DoctorOperation(Settings settings) {
    this.settings = settings;
    this.root = Optional.ofNullable(settings.cwd().getRoot()).orElse(settings.cwd());
  }

  /// Looks, for the host and for further targets.
  public static List<Finding> run(Settings settings, List<String> targets)
      throws InterruptedException {
    var doctor = new DoctorOperation(settings);
    doctor.java();
    var toolchain = new ToolchainDoctor(settings);
    var described = toolchain.look(targets);
    if (described.isPresent()) {
      doctor.findings.addAll(described.get());
    } else {
      var rustc = doctor.rustc();
      if (rustc.isPresent()) {
        for (var target : targets) {
          doctor.findings.addAll(new TargetDoctor(settings).look(rustc.get(), target));
        }
      }
    }
    if (!toolchain.hasSysroot()) {
      doctor.compiler();
    }
    var store = doctor.store();
    if (store.isPresent()) {
      doctor.sandbox(store.get());
    }
    return doctor.findings;
  }

  private void java() {
    int version = Runtime.version().feature();
    if (version > NEWEST_KNOWN_TO_LACK) {
      ok("java", String.valueOf(Runtime.version()));
    } else {
      lacking("java", version + " is too old", "install a JDK 25 and set JAVA_HOME to it");
    }
  }

  private Optional<InstalledRustc> rustc() throws InterruptedException {
    try {
      var found = new RustcFinder(memo(), this::ask).find(Surroundings.rustcChoice(settings));
      ok("rustc", found.version().release() + " (" + found.program() + ")");
      return Optional.of(found);
    } catch (KilnException e) {
      lacking("rustc", e);
      return Optional.empty();
    }
  }

  /// Compiles and links a program: a compiler without its C library is no help.
  private void compiler() throws InterruptedException {
    try {
      var sysroot = new HostSysroots(root, memo(), this::ask).read();
      var compiler = sysroot.requireCompiler();
      var said = new StringBuilder();
      var exit =
          new Command(
                  List.of(compiler.toString(), "-x", "c", "-", "-o", "/dev/null"),
                  settings.cwd(),
                  settings.environment())
              .run(
                  "#include <stdio.h>\nint main(void) { return 0; }\n"
                      .getBytes(StandardCharsets.UTF_8),
                  _ -> {},
                  line -> said.append(new String(line, StandardCharsets.UTF_8)).append(' '));
      if (exit.isSuccess()) {
        ok("C compiler", compiler.toString());
      } else {
        lacking(
            "C compiler",
            compiler + " cannot link a program: " + said.toString().strip(),
            sysroot.installHint());
      }
    } catch (KilnException e) {
      lacking("C compiler", e);
    }
  }

  private Optional<Store> store() {
    var place = settings.places();
    try {
      var store = Store.open(place.storeRoot(), place.storeDir());
      var staging = store.newStaging();
      var file = Files.writeString(staging.resolve("one"), "");
      hardLinks(staging, file);
      space(staging);
      Files.deleteIfExists(file);
      Files.deleteIfExists(staging);
      return Optional.of(store);
    } catch (KilnException e) {
      lacking("store", e);
    } catch (IOException e) {
      lacking(
          "store",
          "cannot write " + place.storeRoot() + ": " + e.getMessage(),
          "choose another store with --store DIR or KILN_STORE");
    }
    return Optional.empty();
  }

  private void hardLinks(Path staging, Path file) throws IOException {
    var link = staging.resolve("two");
    try {
      Files.createLink(link, file);
      Files.delete(link);
      ok("store", settings.places().storeRoot() + " (" + settings.places().storeDir().path() + ")");
    } catch (IOException | UnsupportedOperationException e) {
      lacking(
          "store",
          "the file system of " + settings.places().storeRoot() + " has no hard links",
          "choose a store on another file system with --store DIR or KILN_STORE");
    }
  }

  private void space(Path staging) throws IOException {
    long free = Files.getFileStore(staging).getUsableSpace();
    var text = free / (1 << 20) + " MiB free";
    if (free >= SCARCE) {
      ok("space", text);
    } else {
      findings.add(new Finding(State.WARNING, "space", "only " + text, "run `kiln store gc`"));
    }
  }

  private void sandbox(Store store) throws InterruptedException {
    try {
      var tools = Tools.find(root, settings.environment().getOrDefault("PATH", ""));
      var rung = new Ladder(store, tools).climb(settings.places().cache().resolve("sandbox"));
      var word = rung.isolation().word();
      switch (rung.isolation()) {
        case BUBBLEWRAP, UNSHARE -> ok("sandbox", word);
        case WEAK, SETUID, NONE ->
            findings.add(
                new Finding(
                    State.WARNING,
                    "sandbox",
                    word + ": builders are isolated less than they could be",
                    "install bubblewrap, or allow it a fresh /proc"));
      }
    } catch (KilnException e) {
      lacking("sandbox", e);
    }
  }

  private Memo memo() throws KilnException {
    return new Memo(settings.places().cache().resolve("memo"));
  }

  private Runner.Answer ask(Runner.Question question) throws KilnException, InterruptedException {
    var captured =
        new Command(question.argv(), question.directory(), question.environment()).capture();
    return new Runner.Answer(captured.exit().code(), captured.stdout(), captured.stderr());
  }

  private void ok(String subject, String text) {
    findings.add(new Finding(State.OK, subject, text, null));
  }

  private void lacking(String subject, KilnException failure) {
    lacking(subject, String.valueOf(failure.getMessage()), failure.hint());
  }

  private void lacking(String subject, String text, @Nullable String remedy) {
    findings.add(new Finding(State.LACKING, subject, text, remedy));
  }
}
