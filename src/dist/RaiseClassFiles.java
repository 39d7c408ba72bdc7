import java.io.*;
import java.lang.classfile.*;
import java.net.*;
import java.nio.file.*;
import java.util.jar.*;

/// Rewrites a jar's classes older than Java 6 at class-file version 52, with stack maps, so that
/// CDS/AOT can archive them.
class RaiseClassFiles {
  static void main(String[] a) throws Exception {
    var in = Path.of(a[0]);
    var out = Path.of(a[1]);
    var loader =
        new URLClassLoader(new URL[] {in.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    var cf =
        ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    int n = 0;
    try (var jar = new JarFile(in.toFile());
        var os = new JarOutputStream(Files.newOutputStream(out))) {
      for (var e : (Iterable<JarEntry>) jar.stream()::iterator) {
        var ne = new JarEntry(e.getName());
        ne.setTime(315532802000L);
        os.putNextEntry(ne);
        byte[] b = jar.getInputStream(e).readAllBytes();
        if (e.getName().endsWith(".class") && (((b[6] & 255) << 8) | (b[7] & 255)) < 50) {
          var model = cf.parse(b);
          b =
              cf.build(
                  model.thisClass().asSymbol(),
                  cb -> {
                    for (var el : model) {
                      if (el instanceof ClassFileVersion) continue;
                      if (el instanceof MethodModel m && m.code().isPresent()) {
                        cb.transformMethod(
                            m, MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
                      } else cb.with(el);
                    }
                    cb.withVersion(52, 0);
                  });
          n++;
        }
        os.write(b);
        os.closeEntry();
      }
    }
    System.out.println("raised " + n + " classes");
  }
}
