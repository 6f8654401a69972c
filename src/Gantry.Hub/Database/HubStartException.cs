namespace Gantry.Hub.Database;

/// <summary>The hub cannot start. The message is for the person who started it: what, where, and what to do next.</summary>
public sealed class HubStartException(string message, Exception? innerException = null) : Exception(message, innerException);
