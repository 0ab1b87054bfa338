package dashboards

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// source is the variable that holds the Prometheus to ask.
var source = common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("${datasource}")}

// Write writes a board as Grafana imports it.
func Write(w io.Writer, b Board) error {
	built, err := build(b)
	if err != nil {
		return fmt.Errorf("dashboard %s: %w", b.UID, err)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(built)
}

func build(b Board) (dashboard.Dashboard, error) {
	d := dashboard.NewDashboardBuilder(b.Title).
		Uid(b.UID).
		Description(b.Description).
		Tags([]string{"sipspan", "sip"}).
		Editable().
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Refresh("30s").
		Time("now-3h", "now").
		Timezone("browser").
		WithVariable(dashboard.NewDatasourceVariableBuilder("datasource").Label("Prometheus").Type("prometheus")).
		WithVariable(choice("instance", "Sensor", "label_values(sipspan_build_info, instance)")).
		Link(dashboard.NewDashboardLinkBuilder("sipspan").Type(dashboard.DashboardLinkTypeDashboards).Tags([]string{"sipspan"}).
			AsDropdown(true).KeepTime(true).IncludeVars(true))
	if b.Peers {
		d.WithVariable(choice("peer", "Peer", `label_values(sipspan_peer_requests_total{instance=~"$instance"}, peer)`))
	}
	for _, r := range b.Rows {
		d.WithRow(dashboard.NewRowBuilder(r.Title))
		for _, p := range r.Panels {
			d.WithPanel(p.builder())
		}
	}
	return d.Build()
}

// choice is a variable of which one, some or all values can be chosen.
func choice(name, label, query string) *dashboard.QueryVariableBuilder {
	return dashboard.NewQueryVariableBuilder(name).
		Label(label).
		Datasource(source).
		Query(dashboard.StringOrMap{String: &query}).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalAsc).
		Multi(true).
		IncludeAll(true).
		AllValue(".*").
		Current(dashboard.VariableOption{
			Selected: cog.ToPtr(true),
			Text:     dashboard.StringOrArrayOfString{ArrayOfString: []string{"All"}},
			Value:    dashboard.StringOrArrayOfString{ArrayOfString: []string{"$__all"}},
		})
}

const height = 8

func (p Panel) builder() cog.Builder[dashboard.Panel] {
	switch p.Look {
	case Value:
		return p.value()
	case Table:
		return p.table()
	}
	return p.lines()
}

func (p Panel) lines() *timeseries.PanelBuilder {
	b := timeseries.NewPanelBuilder().
		Title(p.Title).Description(p.Help).Datasource(source).Unit(p.Unit).Span(p.Width).Height(height).Min(0).
		Legend(common.NewVizLegendOptionsBuilder().ShowLegend(true).DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom)).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending)).
		LineWidth(1).ShowPoints(common.VisibilityModeNever)
	if p.Look == Areas {
		b.FillOpacity(30).Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal))
	}
	if p.Unit == "percentunit" {
		b.AxisSoftMax(1)
	}
	if p.Bad != 0 {
		b.Thresholds(p.thresholds()).ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeDashed))
	}
	for i, q := range p.Shows {
		b.WithTarget(q.over(i).Range())
	}
	return b
}

func (p Panel) value() *stat.PanelBuilder {
	b := stat.NewPanelBuilder().
		Title(p.Title).Description(p.Help).Datasource(source).Unit(p.Unit).Span(p.Width).Height(height / 2).
		GraphMode(common.BigValueGraphModeArea).ColorMode(common.BigValueColorModeValue).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}))
	if p.Bad != 0 {
		b.Thresholds(p.thresholds())
	}
	for i, q := range p.Shows {
		b.WithTarget(q.over(i).Range())
	}
	return b
}

func (p Panel) table() *table.PanelBuilder {
	b := table.NewPanelBuilder().
		Title(p.Title).Description(p.Help).Datasource(source).Unit(p.Unit).Span(p.Width).Height(height).
		WithTransformation(dashboard.DataTransformerConfig{Id: "organize", Options: map[string]any{"excludeByName": map[string]bool{"Time": true}}}).
		WithTransformation(dashboard.DataTransformerConfig{Id: "sortBy", Options: map[string]any{"sort": []map[string]any{{"field": "Value", "desc": true}}}})
	for i, q := range p.Shows {
		b.WithTarget(q.over(i).Instant().Format(prometheus.PromQueryFormatTable))
	}
	return b
}

func (q Query) over(i int) *prometheus.DataqueryBuilder {
	return prometheus.NewDataqueryBuilder().Datasource(source).Expr(q.Expr).LegendFormat(q.Legend).RefId(string(rune('A' + i)))
}

// thresholds colours what is bad.
func (p Panel) thresholds() *dashboard.ThresholdsConfigBuilder {
	below, above := "green", "red"
	if p.Good {
		below, above = above, below
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps([]dashboard.Threshold{
		{Color: below}, {Value: cog.ToPtr(p.Bad), Color: above},
	})
}
