namespace Gantry.Engine.Plans.Triggers;

/// <summary>A text that is no cron expression, or none that ever comes true; the message says where and what to write instead.</summary>
public sealed class CronException(string message) : Exception(message);
