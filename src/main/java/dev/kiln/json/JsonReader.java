package dev.kiln.json;

import dev.kiln.KilnException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// A strict reader of RFC 8259. Of a field that occurs twice the last one counts, as for serde and
/// nlohmann.
final class JsonReader {
  /// Deeper texts are refused rather than risking the stack.
  private static final int MAXIMUM_DEPTH = 500;

  private final String text;
  private int position;

  JsonReader(String text) {
    this.text = text;
  }

  static String text(byte[] utf8) throws KilnException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new KilnException("JSON that is not UTF-8", null, e);
    }
  }

  Json document() throws KilnException {
    var value = value(0);
    skipSpace();
    if (position < text.length()) {
      throw malformed("something after the end");
    }
    return value;
  }

  private Json value(int depth) throws KilnException {
    if (depth > MAXIMUM_DEPTH) {
      throw malformed("too deep nesting");
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Json.Str(string());
      case 't' -> word("true", new Json.Bool(true));
      case 'f' -> word("false", new Json.Bool(false));
      case 'n' -> word("null", new Json.Null());
      default -> number();
    };
  }

  private Json object(int depth) throws KilnException {
    var fields = new LinkedHashMap<String, Json>();
    position++;
    skipSpace();
    if (peek() == '}') {
      position++;
      return new Json.Obj(fields);
    }
    while (true) {
      skipSpace();
      if (peek() != '"') {
        throw malformed("a missing field name");
      }
      var name = string();
      skipSpace();
      expect(':');
      fields.put(name, value(depth + 1));
      skipSpace();
      if (peek() == '}') {
        position++;
        return new Json.Obj(fields);
      }
      expect(',');
    }
  }

  private Json array(int depth) throws KilnException {
    var items = new ArrayList<Json>();
    position++;
    skipSpace();
    if (peek() == ']') {
      position++;
      return new Json.Arr(items);
    }
    while (true) {
      items.add(value(depth + 1));
      skipSpace();
      if (peek() == ']') {
        position++;
        return new Json.Arr(items);
      }
      expect(',');
    }
  }

  private String string() throws KilnException {
    position++;
    var start = position;
    while (position < text.length()) {
      var c = text.charAt(position);
      if (c == '"') {
        return text.substring(start, position++);
      }
      if (c == '\\' || c < ' ') {
        break;
      }
      position++;
    }
    return escapedString(new StringBuilder(text.substring(start, position)));
  }

  private String escapedString(StringBuilder value) throws KilnException {
    while (true) {
      var c = peek();
      if (c < ' ') {
        throw malformed("a control character or the end inside a string");
      }
      position++;
      if (c == '"') {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
          throw malformed("half of a surrogate pair");
        }
        return value.toString();
      }
      value.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() throws KilnException {
    var c = peek();
    position++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unit();
      default -> throw malformed("an unknown escape");
    };
  }

  private char unit() throws KilnException {
    var value = 0;
    for (var i = 0; i < 4; i++) {
      var digit = Character.digit(peek(), 16);
      if (digit < 0 || peek() > 'f') {
        throw malformed("an unknown escape");
      }
      value = value * 16 + digit;
      position++;
    }
    return (char) value;
  }

  private Json number() throws KilnException {
    var start = position;
    if (peek() == '-') {
      position++;
    }
    if (peek() == '0') {
      position++;
    } else {
      digits();
    }
    if (peek() == '.') {
      position++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      position++;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      digits();
    }
    return new Json.Num(text.substring(start, position));
  }

  private void digits() throws KilnException {
    var start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw malformed("no value");
    }
  }

  private Json word(String word, Json value) throws KilnException {
    if (!text.startsWith(word, position)) {
      throw malformed("an unknown word");
    }
    position += word.length();
    return value;
  }

  private void expect(char c) throws KilnException {
    if (peek() != c) {
      throw malformed("no '" + c + "'");
    }
    position++;
  }

  private void skipSpace() {
    while (position < text.length() && " \t\n\r".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  /// Returns NUL at the end, which is legal nowhere.
  private char peek() {
    return position < text.length() ? text.charAt(position) : 0;
  }

  private KilnException malformed(String what) {
    var before = text.substring(0, Math.min(position, text.length()));
    var line = before.chars().filter(c -> c == '\n').count() + 1;
    var column = before.length() - before.lastIndexOf('\n');
    return new KilnException("malformed JSON: " + what + " at " + line + ":" + column);
  }
}
