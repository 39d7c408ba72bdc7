package dev.kiln.process;

/// What a short command printed, as UTF-8 text, and how it ended.
public record Captured(Exit exit, String stdout, String stderr) {}
