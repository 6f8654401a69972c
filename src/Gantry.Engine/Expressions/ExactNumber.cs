using System.Globalization;

namespace Gantry.Engine.Expressions;

/// <summary>A number as JSON writes it, compared by its digits: exact however many they are, and however large or small it is.</summary>
internal readonly struct ExactNumber
{
    /// <summary>Exponents of more digits count as the same.</summary>
    private const int ExponentDigitsMax = 17;

    private readonly int sign;

    /// <summary>Without zeros at either end: the number is 0.DIGITS times ten to the power.</summary>
    private readonly string digits;
    private readonly long power;

    private ExactNumber(int sign, string digits, long power) => (this.sign, this.digits, this.power) = (sign, digits, power);

    public static ExactNumber Of(string text)
    {
        var isNegative = text[0] == '-';
        var end = text.AsSpan().IndexOfAny('e', 'E');
        var mantissa = text[(isNegative ? 1 : 0)..(end < 0 ? text.Length : end)];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var all = point < 0 ? mantissa : mantissa.Remove(point, 1);
        var digits = all.TrimStart('0');
        if (digits.Length == 0)
        {
            return new ExactNumber(0, "", 0);
        }

        var power = (point < 0 ? mantissa.Length : point) - (all.Length - digits.Length) + (end < 0 ? 0 : ExponentOf(text.AsSpan(end + 1)));
        return new ExactNumber(isNegative ? -1 : 1, digits.TrimEnd('0'), power);
    }

    /// <summary>Less than 0, 0 or more than 0, as the first is less than, equal to or greater than the second.</summary>
    public static int Compare(ExactNumber one, ExactNumber other)
    {
        if (one.sign != other.sign || one.sign == 0)
        {
            return one.sign.CompareTo(other.sign);
        }

        return one.sign * (one.power == other.power ? string.CompareOrdinal(one.digits, other.digits) : one.power.CompareTo(other.power));
    }

    private static long ExponentOf(ReadOnlySpan<char> text)
    {
        var isNegative = text[0] == '-';
        var exponent = text.TrimStart("+-").TrimStart('0');
        var size = exponent.Length == 0 ? 0
            : exponent.Length > ExponentDigitsMax ? long.MaxValue / 4
            : long.Parse(exponent, NumberStyles.None, CultureInfo.InvariantCulture);
        return isNegative ? -size : size;
    }
}
