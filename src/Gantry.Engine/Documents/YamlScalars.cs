using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gantry.Engine.Documents;

/// <summary>How a scalar is written.</summary>
public enum ScalarForm
{
    Plain,
    SingleQuoted,
    DoubleQuoted,

    /// <summary>Over several lines, behind '|' or '>'.</summary>
    Block,
}

/// <summary>One value of a YAML text and where its characters stand, for changing it and nothing else.</summary>
/// <param name="Path">The names and indexes that lead to it.</param>
/// <param name="Value">What it means.</param>
/// <param name="Start">The index of its first character.</param>
/// <param name="End">The index behind its last one.</param>
/// <param name="Form">How it is written.</param>
/// <param name="IsInFlow">Inside { } or [ ].</param>
public sealed record ScalarPlace(IReadOnlyList<string> Path, string Value, int Start, int End, ScalarForm Form, bool IsInFlow)
{
    public string Name => Path[^1];
}

/// <summary>Finds the values of a YAML text. The text has been read by <see cref="DocumentReader"/> before, whose limits and refusals thus hold.</summary>
public static class YamlScalars
{
    public static IReadOnlyList<ScalarPlace> Find(string text)
    {
        DocumentReader.Read(text, DocumentFormat.Yaml);
        var shift = text.StartsWith('\uFEFF') ? 1 : 0;
        Parser parser = new(new Scanner(new StringReader(text[shift..]), skipComments: true));
        parser.MoveNext();
        parser.MoveNext();
        parser.MoveNext();
        Finder finder = new(parser, shift);
        finder.Visit([], isInFlow: false);
        return finder.Found;
    }

    private sealed class Finder(Parser parser, int shift)
    {
        public List<ScalarPlace> Found { get; } = [];

        /// <summary>Leaves the parser at the last event of the value it stood at.</summary>
        public void Visit(IReadOnlyList<string> path, bool isInFlow)
        {
            switch (parser.Current)
            {
                case MappingStart map:
                    VisitMap(path, isInFlow || map.Style == MappingStyle.Flow);
                    break;
                case SequenceStart list:
                    VisitList(path, isInFlow || list.Style == SequenceStyle.Flow);
                    break;
                case Scalar scalar when path.Count > 0:
                    Found.Add(new(path, scalar.Value, (int)scalar.Start.Index + shift, (int)scalar.End.Index + shift, FormOf(scalar.Style), isInFlow));
                    break;
            }
        }

        private void VisitMap(IReadOnlyList<string> path, bool isInFlow)
        {
            while (parser.MoveNext() && parser.Current is Scalar name)
            {
                parser.MoveNext();
                Visit([.. path, name.Value], isInFlow);
            }
        }

        private void VisitList(IReadOnlyList<string> path, bool isInFlow)
        {
            for (var index = 0; parser.MoveNext() && parser.Current is not SequenceEnd; index++)
            {
                Visit([.. path, index.ToString(CultureInfo.InvariantCulture)], isInFlow);
            }
        }

        private static ScalarForm FormOf(ScalarStyle style) => style switch
        {
            ScalarStyle.SingleQuoted => ScalarForm.SingleQuoted,
            ScalarStyle.DoubleQuoted => ScalarForm.DoubleQuoted,
            ScalarStyle.Literal or ScalarStyle.Folded => ScalarForm.Block,
            _ => ScalarForm.Plain,
        };
    }
}
