"""The type of every picture of every page grows where it is asked to: no size is left out, and nothing but type is touched."""

from dashboard.look.vega import drawn


def test_every_size_and_shift_of_type_is_scaled_and_nothing_else():
    text = {"type": "text", "fontSize": 12, "dx": {"expr": "a + 1"}, "dy": -8, "size": 3}
    axis = {"labelFontSize": 13, "titlePadding": 4}
    spec = {
        "layer": [{"mark": text, "encoding": {"x": {"axis": axis}}}, {"mark": {"type": "point", "dx": 4}}],
        "params": [1],
    }
    for large, factor in ((False, "1"), (True, "1.4")):
        out = drawn(spec, large)
        assert out["layer"][0]["mark"] == {
            "type": "text",
            "fontSize": {"expr": "(12) * type_scale"},
            "dx": {"expr": "(a + 1) * type_scale"},
            "dy": {"expr": "(-8) * type_scale"},
            "size": 3,
        }
        assert out["layer"][0]["encoding"]["x"]["axis"] == {
            "labelFontSize": {"expr": "(13) * type_scale"},
            "titlePadding": 4,
        }
        assert out["layer"][1]["mark"] == {"type": "point", "dx": 4}
        first, scale = out["params"]
        assert first == 1 and scale["name"] == "type_scale" and scale["expr"].startswith(f"{factor} * ")
        assert out["config"]["axis"]["labelFontSize"] == {"expr": "(12) * type_scale"}
        assert out["config"]["mark"] == {"tooltip": None}, "the theme's own tooltip shows helper columns"
    assert spec["layer"][0]["mark"]["fontSize"] == 12
