using System.Text;

namespace Gantry.Plugins.Endpoints.Rclone;

/// <summary>
/// Names as rclone has them: without control characters, for which symbols stand (U+2401 for U+0001), and with the mark '‛' (U+201B) before what is such a symbol itself
/// (https://rclone.org/overview/#restricted-filenames). What a single system cannot hold besides, rclone replaces on its own, and puts back.
/// </summary>
/// <param name="reservesDevices">Names that Windows keeps for devices are held with a full-width first letter: 'ＣON.txt'.</param>
internal sealed class RcloneNames(bool reservesDevices)
{
    private const char Mark = '\u201B';
    private const char Symbols = '\u2400';
    private const char SymbolOfDelete = '\u2421';
    private const char WideSlash = '\uFF0F';
    private const char WideDot = '\uFF0E';
    private const char Delete = '\u007F';
    private const char LastControl = '\u001F';
    private const int Wide = 0xFEE0;

    private static readonly string[] devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>A path as rclone has it.</summary>
    public string Encode(string path) => IsPlain(path) && !reservesDevices ? path : string.Join('/', path.Split('/').Select(EncodeName));

    /// <summary>A name out of rclone's listings as it really is. What is a '/' or a NUL in it, which no name here can hold, stays a symbol behind a mark.</summary>
    public string Decode(string name)
    {
        if (!IsPlain(name))
        {
            name = DecodeMarks(name);
        }

        var start = Marks(name);
        return !reservesDevices || !IsDevice(name, start, Wide) ? name : start > 0 ? name[1..] : (char)(name[0] - Wide) + name[1..];
    }

    private string EncodeName(string name)
    {
        if (reservesDevices)
        {
            var start = Marks(name);
            name = IsDevice(name, start, Wide) ? Mark + name : start == 0 && IsDevice(name, 0, 0) ? (char)(name[0] + Wide) + name[1..] : name;
        }

        return IsPlain(name) ? name : EncodeMarks(name);
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyInRange('\0', LastControl) && text.AsSpan().IndexOfAny(Delete, Mark, SymbolOfDelete) < 0
        && !text.AsSpan().ContainsAnyInRange(Symbols, (char)(Symbols + LastControl)) && text.AsSpan().IndexOfAny(WideSlash, WideDot) < 0;

    private static string EncodeMarks(string name)
    {
        var isDots = name.All(character => character == WideDot) && name.Length <= 2;
        var text = new StringBuilder(name.Length + 8);
        for (var index = 0; index < name.Length; index++)
        {
            var character = name[index];
            if (character == Mark && index + 1 < name.Length && IsImpossible(name[index + 1]))
            {
                text.Append(name[++index]);
            }
            else if (character is <= LastControl or Delete)
            {
                text.Append(character == Delete ? SymbolOfDelete : (char)(Symbols + character));
            }
            else
            {
                text.Append(character == Mark || IsSymbol(character) || (isDots && character == WideDot) ? $"{Mark}{character}" : character);
            }
        }

        return text.ToString();
    }

    private static string DecodeMarks(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var index = 0; index < name.Length; index++)
        {
            var character = name[index];
            if (character == Mark && index + 1 < name.Length && (name[index + 1] is Mark or WideDot || IsSymbol(name[index + 1])))
            {
                text.Append(name[++index]);
            }
            else if (IsImpossible(character))
            {
                text.Append(Mark).Append(character);
            }
            else
            {
                text.Append(character == SymbolOfDelete ? Delete : IsSymbol(character) ? (char)(character - Symbols) : character);
            }
        }

        return text.ToString();
    }

    private static bool IsSymbol(char character) => character is (>= Symbols and <= (char)(Symbols + LastControl)) or SymbolOfDelete or WideSlash;

    private static bool IsImpossible(char character) => character is WideSlash or Symbols;

    private static int Marks(string name) => name.Length - name.TrimStart(Mark).Length;

    /// <summary>Whether a device's name begins there, its first letter moved by so much.</summary>
    private static bool IsDevice(string name, int start, int moved)
    {
        if (start >= name.Length || name[start] - moved is < 'A' or > 'z')
        {
            return false;
        }

        var end = name.IndexOf('.', start);
        var stem = ((char)(name[start] - moved) + name[(start + 1)..(end < 0 ? name.Length : end)]).TrimEnd(' ');
        return devices.Contains(stem, StringComparer.OrdinalIgnoreCase)
            || (stem.Length == 4 && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)) && "0123456789¹²³".Contains(stem[3], StringComparison.Ordinal));
    }
}
