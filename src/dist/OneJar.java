import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;

/// Makes one jar of several: of each class the version for the JVM that runs this, and not
/// compressed. Whatever the JVM looks for and does not find, it looks for in every jar; that alone
/// took ten milliseconds at the first child process.
///
/// Classes older than Java 6 are rewritten at class-file version 52, with stack maps: the AOT cache
/// leaves out classes without, and picocli's are of Java 5. A start would take 90 ms longer.
final class OneJar {
  private static final int FIRST_WITH_STACK_MAPS = 50;
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0, 2);
  private static final String CLASS = ".class";
  private static final String SERVICES = "META-INF/services/";

  private final JarOutputStream out;
  private final ClassFile classFile;
  private final Set<String> written = new HashSet<>(Set.of(JarFile.MANIFEST_NAME));
  private final Map<String, ByteArrayOutputStream> services = new LinkedHashMap<>();

  private OneJar(JarOutputStream out, ClassFile classFile) {
    this.out = out;
    this.classFile = classFile;
  }

  /// Writes the jar; the first one's manifest stays, and its files are preferred.
  static void write(List<Path> jars, Path place) throws IOException {
    OutputStream file = new BufferedOutputStream(Files.newOutputStream(place));
    try (var loader = new URLClassLoader(urls(jars), ClassLoader.getPlatformClassLoader());
        var out = new JarOutputStream(file)) {
      var one = new OneJar(out, classFile(loader));
      one.put(JarFile.MANIFEST_NAME, manifest(jars.getFirst()));
      for (var jar : jars) {
        one.add(jar);
      }
      for (var service : one.services.entrySet()) {
        one.put(service.getKey(), service.getValue().toByteArray());
      }
    }
  }

  /// Writes a jar with one entry of another.
  static void copy(Path jar, String name, Path place) throws IOException {
    try (var file = new JarFile(jar.toFile());
        var out = new JarOutputStream(Files.newOutputStream(place))) {
      var one = new OneJar(out, ClassFile.of());
      one.put(name, file.getInputStream(file.getEntry(name)).readAllBytes());
    }
  }

  private static URL[] urls(List<Path> jars) throws MalformedURLException {
    var urls = new URL[jars.size()];
    for (var i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    return urls;
  }

  private static byte[] manifest(Path jar) throws IOException {
    try (var file = new JarFile(jar.toFile())) {
      var manifest = new Manifest(file.getManifest());
      manifest.getMainAttributes().remove(Attributes.Name.CLASS_PATH);
      var bytes = new ByteArrayOutputStream();
      manifest.write(bytes);
      return bytes.toByteArray();
    }
  }

  private void add(Path jar) throws IOException {
    try (var file = new JarFile(jar.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
      for (var entry : file.versionedStream().toList()) {
        var name = entry.getName();
        if (entry.isDirectory() || name.equals("module-info.class")) {
          continue;
        }
        var bytes = file.getInputStream(entry).readAllBytes();
        if (name.startsWith(SERVICES)) {
          services.computeIfAbsent(name, _ -> new ByteArrayOutputStream()).writeBytes(bytes);
        } else if (written.add(name)) {
          put(name, isOld(name, bytes) ? raise(classFile, bytes) : bytes);
        }
      }
    }
  }

  private void put(String name, byte[] bytes) throws IOException {
    var entry = new JarEntry(name);
    entry.setTimeLocal(ENTRY_TIME);
    if (name.endsWith(CLASS)) {
      var crc = new CRC32();
      crc.update(bytes);
      entry.setMethod(JarEntry.STORED);
      entry.setSize(bytes.length);
      entry.setCrc(crc.getValue());
    }
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }

  private static ClassFile classFile(ClassLoader loader) {
    return ClassFile.of(
        StackMapsOption.GENERATE_STACK_MAPS,
        ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(loader)
                .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  private static boolean isOld(String name, byte[] bytes) {
    return name.endsWith(CLASS)
        && (((bytes[6] & 0xff) << 8) | (bytes[7] & 0xff)) < FIRST_WITH_STACK_MAPS;
  }

  private static byte[] raise(ClassFile classFile, byte[] bytes) {
    var model = classFile.parse(bytes);
    return classFile.build(
        model.thisClass().asSymbol(),
        builder -> {
          for (var element : model) {
            switch (element) {
              case ClassFileVersion _ -> {}
              case MethodModel method when method.code().isPresent() ->
                  builder.transformMethod(
                      method, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
              default -> builder.with(element);
            }
          }
          builder.withVersion(52, 0);
        });
  }
}
