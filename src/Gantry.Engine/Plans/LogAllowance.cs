using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gantry.Engine.Providers;

namespace Gantry.Engine.Plans;

/// <summary>How much log of one execution is kept, on a hub and without one. Several threads use it at once.</summary>
public sealed class LogAllowance
{
    /// <summary>How much is kept each time that the execution is taken up; warnings and errors are kept up to twice of that.</summary>
    public const long CharactersMax = 10 * 1024 * 1024;

    /// <summary>What a line takes besides what it says, so that lines that say nothing come to an end as well.</summary>
    public const int LineCharacters = 16;

    public const int MessageCharactersMax = 32 * 1024;

    public const int FieldsCharactersMax = 64 * 1024;

    private const string TooLong = "The log of this execution is longer than the 10 MB that are kept: what follows is left out. Let its steps say less, or write to a file.";

    private long written;
    private int linesBeyond;

    /// <summary>False when there is no room for the line any more; the first time, what is to be written in its place.</summary>
    public bool HasRoomFor(ExecutionLogLine line, out ExecutionLogLine? notice)
    {
        notice = null;
        if (Interlocked.Read(ref written) < (line.Level is StepLogLevel.Warning or StepLogLevel.Error ? 2 : 1) * CharactersMax)
        {
            return true;
        }

        if (Interlocked.Increment(ref linesBeyond) == 1)
        {
            notice = line with { Level = StepLogLevel.Warning, Message = TooLong, Fields = null };
        }

        return false;
    }

    /// <summary>What is kept of the line, which counts from now on.</summary>
    /// <param name="line">All of it.</param>
    /// <param name="characters">How much it takes.</param>
    public ExecutionLogLine Take(ExecutionLogLine line, out int characters)
    {
        if (line.Message.Length > MessageCharactersMax)
        {
            line = line with { Message = line.Message[..MessageCharactersMax] + " … (shortened)" };
        }

        var fields = line.Fields is { } given ? Encoding.UTF8.GetCharCount(JsonMarshal.GetRawUtf8Value(given)) : 0;
        if (fields > FieldsCharactersMax)
        {
            line = line with { Fields = JsonElement.Parse($$"""{"left_out":"{{fields}} characters are more than are kept"}""") };
            fields = 0;
        }

        characters = LineCharacters + line.Message.Length + fields;
        Interlocked.Add(ref written, characters);
        return line;
    }
}
