using System.Text;
using Gantry.Engine.Plans.Triggers;
using Gantry.Hub.Triggers.Webhooks;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gantry.Hub.Specs.Triggers;

/// <summary>The example that the libraries of Standard Webhooks check themselves by: https://github.com/standard-webhooks/standard-webhooks</summary>
public sealed class StandardWebhookSpecs
{
    private const string Good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);

    [Theory]
    [InlineData(Good, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,xxxx " + Good, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData(Good, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    [InlineData(Good, "whsec_no base64", false)]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    public void Its_signatures_are_known(string signature, string secret, bool isKnown)
    {
        var hook = (WebhookTrigger)TriggerReader.Read(System.Text.Json.JsonElement.Parse("""{"webhook":{"path":"x","secret":"${cred:KEY}","scheme":"standard"}}"""));
        var headers = new HeaderDictionary { ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = signature };

        var reason = WebhookCheck.WhyNot(hook, headers, Encoding.UTF8.GetBytes("""{"test": 2432232314}"""), secret, Time.AddMinutes(1));

        (reason is null).ShouldBe(isKnown, reason);
    }
}
