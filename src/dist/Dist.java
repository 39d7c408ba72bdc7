import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/// Makes `target/dist`, from which the launcher starts kiln: `java Dist.java TARGET JAR FIXTURE`.
///
/// ```
/// dist/current           the digest of what is to be started; written last
/// dist/kiln-DIGEST.jar   the jar with its libraries in it; DIGEST covers all
/// dist/kiln-DIGEST-loggers.jar, dist/kiln-DIGEST-loggers-too.jar   who takes the JDK's log
/// dist/kiln-DIGEST.aot   its AOT cache, trained on the sample workspace and a store
/// dist/kiln-DIGEST-store.aot   one for the store's commands, trained on a store alone
/// dist/compile.json      which methods are worth the JVM's slow compiler
/// ```
///
/// The digest in the names is what keeps a cache from being used with another jar: JDK 25 runs the
/// cached classes without looking whether the jar has changed (JDK-8377932).
final class Dist {
  private static final int TRAINING_MINUTES = 3;

  private static final int TRAINING_FILES = 300;
  private static final int TRAINING_BYTES = 20 << 20;

  /// How `Rehearsal` reads its arguments.
  private static final String NEXT = ";";

  private static final String INPUT = "<";

  private static final String MAIN = "dev.kiln.cli.Main";

  private static final String LOGGERS = "META-INF/services/java.lang.System$LoggerFinder";

  /// Two jars before the large one that say who takes the JDK's log: the search looks for the next
  /// answer before it gives one, and would read the large one's directory, ten milliseconds long.
  private static final List<String> AHEAD = List.of("-loggers.jar", "-loggers-too.jar");

  private static final String DIRECTIVES_FILE = "compile.json";

  /// What the optimising compiler is for: what goes over all bytes of large files. Anywhere else a
  /// command is over before it has paid: a build with nothing to do takes a quarter less CPU time
  /// so, and dumping 50,000 files a tenth less.
  private static final String OPTIMISED =
      """
      "dev/kiln/store/format/ReferenceScanner.*", "dev/kiln/store/format/Rewriter.*",
      "com/github/luben/*.*", "org/apache/commons/compress/*.*",
      "org/tukaani/xz/*.*", "sun/security/provider/DigestBase.*",
      "sun/security/provider/MD5.*", "sun/security/provider/SHA*.*"
      """;

  /// The two methods of SHA-256 are never run as they are: their callers get the processor's
  /// instructions instead, all the sooner where the compiler has no others to do first.
  private static final String DIRECTIVES =
      """
      [
        {
          match: [
            "sun/security/provider/SHA2.implCompress0",
            "sun/security/provider/DigestBase.implCompressMultiBlock0"
          ],
          c2: { Exclude: true }
        },
        { match: [ %s ], c2: { Exclude: false } },
        { match: "*.*", c2: { Exclude: true } }
      ]
      """
          .formatted(OPTIMISED);

  /// In training the fast compiler is the only one, and what is for the other is not compiled: the
  /// cache then says of a method that its first compilation is its last, without counters for
  /// another that never comes, and says nothing of what is to be optimised.
  private static final String TRAINING_DIRECTIVES =
      """
      [
        { match: [ "sun/security/provider/SHA2.implCompress0" ], c1: { Exclude: false } },
        { match: [ %s ], c1: { Exclude: true } }
      ]
      """
          .formatted(OPTIMISED);

  private Dist() {}

  static void main(String[] args) throws Exception {
    var target = Path.of(args[0]);
    var jar = Path.of(args[1]);
    var fixture = Path.of(args[2]);
    var dist = target.resolve("dist");
    Files.createDirectories(dist);
    var libraries = libraries(jar);
    var digest = digest(jar, libraries);
    var name = "kiln-" + digest;
    Files.writeString(dist.resolve(DIRECTIVES_FILE), DIRECTIVES);
    place(jar, libraries, dist.resolve(name + ".jar"));
    for (var ahead : AHEAD) {
      placeLoggers(jar, dist.resolve(name + ahead));
    }
    if (!Files.exists(dist.resolve(name + ".aot"))) {
      train(dist, name, fixture);
    }
    Files.writeString(dist.resolve("current.new"), digest + "\n");
    move(dist.resolve("current.new"), dist.resolve("current"));
    dropOthers(dist, name);
  }

  /// The jars that the manifest names, since `lib` may still hold those of an earlier version.
  private static List<Path> libraries(Path jar) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      var classPath = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return List.of(classPath.split(" ")).stream().map(jar::resolveSibling).toList();
    }
  }

  private static String digest(Path jar, List<Path> libraries)
      throws IOException, NoSuchAlgorithmException {
    var sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update((DIRECTIVES + TRAINING_DIRECTIVES).getBytes(StandardCharsets.UTF_8));
    sha256.update(Files.readAllBytes(jar));
    for (var library : libraries) {
      sha256.update(Files.readAllBytes(library));
    }
    return HexFormat.of().formatHex(sha256.digest()).substring(0, 12);
  }

  private static void place(Path jar, List<Path> libraries, Path place) throws IOException {
    var jars = new ArrayList<>(List.of(jar));
    jars.addAll(libraries);
    var fresh = place.resolveSibling(place.getFileName() + ".new");
    OneJar.write(jars, fresh);
    move(fresh, place);
  }

  private static void placeLoggers(Path jar, Path place) throws IOException {
    var fresh = place.resolveSibling(place.getFileName() + ".new");
    OneJar.copy(jar, LOGGERS, fresh);
    move(fresh, place);
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// Builds the sample workspace, and trains on building it once more to compare (`--check`): that
  /// goes every way, of what is known and of what is not; then on the store's commands. Where there
  /// is no rustc or no sandbox a build ends with an error after a part of the way: the cache is the
  /// smaller, not wrong.
  private static void train(Path dist, String name, Path fixture)
      throws IOException, InterruptedException {
    var places = Files.createDirectories(dist.resolve("training"));
    var log = dist.resolve("training.log");
    Files.deleteIfExists(log);
    var jars = new ArrayList<String>();
    AHEAD.forEach(ahead -> jars.add(dist.resolve(name + ahead).toString()));
    jars.add(dist.resolve(name + ".jar").toString());
    var jar = String.join(":", jars);
    var build =
        List.of(
            "build",
            "--offline",
            "--locked",
            "--no-out-link",
            "--manifest-path",
            fixture.resolve("Cargo.toml").toString());
    run(command(dist, List.of(), List.of("-cp", jar, MAIN), build), places, fixture, log);
    var check = new ArrayList<>(build);
    check.add("--check");
    var store = storeCommands(dist, jar, places, fixture);
    var all = new ArrayList<List<String>>(List.of(check));
    all.addAll(store);
    rehearse(dist, name + ".aot", jar, all, places, fixture);
    deleteTree(places);
    Files.createDirectories(places);
    rehearse(
        dist, name + "-store.aot", jar, storeCommands(dist, jar, places, fixture), places, fixture);
    deleteTree(places);
  }

  /// Returns commands that ask, add, import and change, on so many small files that the JVM learns
  /// what they go through again and again.
  private static List<List<String>> storeCommands(Path dist, String jar, Path places, Path fixture)
      throws IOException, InterruptedException {
    var files = Files.createDirectories(places.resolve("files"));
    var add = onStore(places, "one", "add", fixture.toString());
    for (var i = 0; i < TRAINING_FILES; i++) {
      add.add(Files.writeString(files.resolve("file" + i), "contents of " + i).toString());
    }
    var added = places.resolve("added");
    run(command(dist, List.of(), List.of("-cp", jar, MAIN), add), places, fixture, added);
    var paths = Files.readAllLines(added);
    var path = paths.getFirst();
    var stream = places.resolve("stream");
    var export = onStore(places, "one", "export");
    export.addAll(paths);
    run(command(dist, List.of(), List.of("-cp", jar, MAIN), export), places, fixture, stream);
    var again = new ArrayList<>(add);
    again.set(1, places.resolve("two").toString());
    var imported = new ArrayList<>(List.of(INPUT, stream.toString()));
    imported.addAll(onStore(places, "three", "import"));
    var file = paths.getLast();
    var large = Files.write(places.resolve("large"), new byte[TRAINING_BYTES]);
    return List.of(
        again,
        onStore(places, "two", "add", fixture.resolve("Cargo.lock").toString()),
        List.of("--store", places.resolve("one").toString(), "store", "path-info", "-r", path),
        onStore(places, "one", "path-info", "--json", file),
        onStore(places, "one", "query", "--requisites", path),
        onStore(places, "one", "query", "--graph", path),
        onStore(places, "one", "verify", "--check-contents"),
        onStore(places, "one", "ls", "-l", file),
        onStore(places, "one", "cat", file),
        onStore(places, "one", "export", path),
        onStore(places, "two", "gc", "--print-dead"),
        List.of("hash", "path", fixture.toString()),
        List.of("hash", "path", large.toString()),
        List.of("hash", "file", large.toString()),
        List.of("store", "dump", fixture.toString()),
        List.of("store", "dump", large.toString()),
        imported);
  }

  private static void rehearse(
      Path dist, String cache, String jar, List<List<String>> commands, Path places, Path fixture)
      throws IOException, InterruptedException {
    var lines = new ArrayList<String>();
    for (var command : commands) {
      if (!lines.isEmpty()) {
        lines.add(NEXT);
      }
      lines.addAll(command);
    }
    var log = dist.resolve("training.log");
    var directives = Files.writeString(places.resolve(DIRECTIVES_FILE), TRAINING_DIRECTIVES);
    run(
        command(
            dist,
            List.of(
                "-XX:AOTCacheOutput=" + dist.resolve(cache),
                "-XX:TieredStopAtLevel=1",
                "-XX:CompilerDirectivesFile=" + directives),
            List.of("-cp", jar, "dev.kiln.cli.Rehearsal"),
            lines),
        places,
        fixture,
        Path.of("/dev/null"));
    if (!Files.exists(dist.resolve(cache))) {
      System.err.println("no AOT cache was made, kiln will start slowly: see " + log);
    }
  }

  private static ArrayList<String> onStore(Path places, String store, String... words) {
    var physical = places.resolve(store).toString();
    var line = new ArrayList<>(List.of("--store", physical, "--store-dir", "/nix/store", "store"));
    line.addAll(List.of(words));
    return line;
  }

  /// The options must be those of the launcher; the last of two alike counts.
  private static List<String> command(
      Path dist, List<String> options, List<String> program, List<String> arguments) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<>(List.of(java));
    command.addAll(
        List.of(
            "-Xlog:disable",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-DisplayVMOutput",
            "-XX:ArchiveRelocationMode=0",
            "-Dpicocli.disable.closures=true",
            "-XX:CompilerDirectivesFile=" + dist.resolve(DIRECTIVES_FILE),
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(program);
    command.addAll(arguments);
    return command;
  }

  /// Runs a command in the fixture's folder, so that its own .cargo/config.toml is found, away from
  /// the user's store and settings.
  private static void run(List<String> command, Path places, Path fixture, Path output)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(fixture.toFile());
    var environment = builder.environment();
    environment.keySet().removeIf(key -> key.startsWith("KILN_"));
    environment.put("LC_ALL", "C.UTF-8");
    for (var home : List.of("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")) {
      environment.put(home, places.resolve(home).toString());
    }
    var log = places.resolveSibling("training.log").toFile();
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
    var process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile())).start();
    process.getOutputStream().close();
    if (!process.waitFor(TRAINING_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
  }

  private static void dropOthers(Path dist, String name) throws IOException {
    try (var files = Files.newDirectoryStream(dist, "kiln-*")) {
      for (var file : files) {
        if (!file.getFileName().toString().startsWith(name)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    var folders = new TreeMap<Path, Boolean>();
    try (var tree = Files.walk(root)) {
      for (var path : (Iterable<Path>) tree::iterator) {
        folders.put(path, Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS));
        if (folders.get(path)) {
          // what a store has sealed
          path.toFile().setWritable(true);
        }
      }
    }
    for (var path : folders.descendingKeySet()) {
      Files.delete(path);
    }
  }
}
