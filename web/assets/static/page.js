// What pages do where script is allowed: they update themselves, and draw charts. Without it they show the same, but for the charts.
(function () {
  "use strict";

  var paused = false;
  var pause = document.getElementById("pause");
  if (pause) {
    pause.hidden = false;
    pause.addEventListener("click", function () {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
    });
    document.addEventListener("htmx:beforeRequest", function (e) {
      if (paused) { e.preventDefault(); }
    });
  }

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // clock writes times in the zone of the page, which is that of the sensor.
  var offset = Number(document.body.dataset.offset || 0);
  function two(n) { return (n < 10 ? "0" : "") + n; }
  function clock(seconds, step) {
    var d = new Date(1000 * seconds + 60000 * offset);
    var day = d.getUTCFullYear() + "-" + two(d.getUTCMonth() + 1) + "-" + two(d.getUTCDate());
    var time = two(d.getUTCHours()) + ":" + two(d.getUTCMinutes());
    if (step < 60) { return time + ":" + two(d.getUTCSeconds()); }
    return step >= 86400 ? day.slice(5) : step >= 10800 ? day.slice(5) + " " + time : time;
  }

  function axis(size) {
    return { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { stroke: color("--line"), width: 1 }, size: size };
  }

  var charts = [];

  // Chart shows the answer of a route of the API below an element.
  function Chart(element) {
    this.element = element;
    this.plot = null;
    this.key = "";
  }

  Chart.prototype.load = function () {
    var chart = this;
    return fetch(chart.element.dataset.source, { headers: { Accept: "application/json" } })
      .then(function (r) { if (!r.ok) { throw new Error(String(r.status)); } return r.json(); })
      .then(function (answer) { chart.answer = answer; chart.draw(false); })
      .catch(function () { /* the next try is a few seconds away; what is drawn stays */ });
  };

  // series returns what is drawn: the names, and the values in the order of the times.
  Chart.prototype.series = function () {
    var a = this.answer, names = this.element.dataset.names;
    if (a.points) {
      var paths = this.element.dataset.members.split(" ");
      return {
        names: names.split("|"),
        data: [a.points.map(function (p) { return Date.parse(p.time) / 1000; })].concat(paths.map(function (path) {
          return a.points.map(function (p) { return path.split(".").reduce(function (v, name) { return v[name]; }, p); });
        }))
      };
    }
    var first = Date.parse(a.since) / 1000, n = a.series.length ? a.series[0].counts.length : 0, times = [];
    for (var i = 0; i < n; i++) { times.push(first + i * a.step_s); }
    return {
      names: a.series.map(function (s) { return s.label || "all others"; }),
      data: [times].concat(a.series.map(function (s) { return s.counts; }))
    };
  };

  Chart.prototype.draw = function (anew) {
    if (!this.answer) { return; }
    var s = this.series(), element = this.element;
    element.hidden = s.data[0].length < 2;
    if (element.hidden) { return; }
    var key = s.names.join("|");
    if (this.plot && this.key === key && !anew) {
      this.plot.setData(s.data);
      return;
    }
    if (this.plot) { this.plot.destroy(); }
    this.key = key;
    var whole = s.data[1] && s.data.slice(1).every(function (list) { return list.every(Number.isInteger); });
    this.plot = new uPlot({
      width: element.clientWidth, height: Number(element.dataset.height || 180),
      scales: { y: { range: function (u, low, high) { return [0, Math.max(high * 1.1, whole ? 4 : 1)]; } } },
      axes: [Object.assign(axis(30), { space: 80, values: function (u, at, i, space, step) { return at.map(function (t) { return clock(t, step); }); } }), axis(48)],
      cursor: { drag: { x: false, y: false } },
      series: [{ label: "time", value: function (u, t) { return t == null ? "–" : clock(t, 1); } }].concat(s.names.map(function (name, i) {
        return { label: name, stroke: color("--s" + (i % 9 + 1)), width: 1.5, points: { show: false }, dash: i > 4 ? [6, 3] : undefined };
      }))
    }, s.data, element);
  };

  document.querySelectorAll(".chart[data-source]").forEach(function (element) {
    var chart = new Chart(element);
    charts.push(chart);
    chart.load();
    if (element.dataset.every) {
      setInterval(function () { if (!paused && !document.hidden) { chart.load(); } }, 1000 * Number(element.dataset.every));
    }
  });
  function again() { charts.forEach(function (c) { c.draw(true); }); }
  window.addEventListener("resize", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
})();
